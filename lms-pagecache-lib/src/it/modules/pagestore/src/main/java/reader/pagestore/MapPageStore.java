package reader.pagestore;

import dev.lms.pagecache.store.*;
import java.time.Instant;
import java.time.InstantSource;
import java.util.*;

/** Pages in a map. One that is not a sample bounds it, and the purges it remembers. */
final class MapPageStore implements PageStore {
  private record Kept(Page page, Stamp stamp) {}

  private final String epoch = UUID.randomUUID().toString();
  private final Map<PageKey, Kept> pages = new HashMap<>();
  private final Map<String, Long> purges = new HashMap<>();
  private final InstantSource clock;
  private long purged;

  MapPageStore(InstantSource clock) {
    this.clock = clock;
  }

  public synchronized Lookup lookup(PageKey key, Stamp seen) {
    Instant now = clock.instant();
    Optional<Page> page = Optional.ofNullable(pages.get(key))
        .filter(kept -> !isKnownToBePurged(kept.stamp(), kept.page().tags()))
        .map(Kept::page)
        .filter(kept -> now.isBefore(kept.keptUntil()));
    return page.filter(kept -> kept.isFresh(now)).<Lookup>map(Hit::new)
        .orElseGet(() -> new Miss(new Stamp(epoch, purged), page));
  }

  public synchronized Stored store(PageKey key, Page page, Stamp stamp) {
    if (isKnownToBePurged(stamp, page.tags())) {
      return Stored.PURGED;
    }
    pages.put(key, new Kept(page.toBeStored(clock.instant()), stamp));
    return Stored.KEPT;
  }

  public synchronized void purge(Collection<String> tags) {
    purged++;
    tags.forEach(tag -> purges.put(tag, purged));
  }

  public synchronized boolean isKnownToBePurged(Stamp stamp, Collection<String> tags) {
    return !stamp.epoch().equals(epoch)
        || tags.stream().anyMatch(tag -> purges.getOrDefault(tag, 0L) > stamp.clock());
  }

  public synchronized long bytes() {
    return pages.values().stream().mapToLong(kept -> kept.page().weight()).sum();
  }
}
