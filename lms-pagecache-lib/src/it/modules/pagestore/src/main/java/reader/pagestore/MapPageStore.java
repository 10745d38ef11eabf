package reader.pagestore;

import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.store.*;
import java.time.InstantSource;
import java.util.*;

/** Pages in a map, which has no bound here. */
record MapPageStore(Map<PageKey, Kept> pages, PurgeCounters purges, InstantSource clock)
    implements PageStore {
  record Kept(Page page, Stamp stamp) {}

  public Lookup lookup(PageKey key, Stamp seen) {
    Stamp now = purges.stamp();
    Optional<Page> page = Optional.ofNullable(pages.get(key))
        .filter(kept -> !purges.isPurged(kept.page().tags(), kept.stamp()))
        .map(Kept::page);
    return Lookup.of(page, now, clock.instant());
  }

  public Stored store(PageKey key, Page page, Stamp stamp) {
    if (purges.isPurged(page.tags(), stamp)) {
      return Stored.PURGED;
    }
    pages.put(key, new Kept(page.toBeStored(clock.instant()), stamp));
    return Stored.KEPT;
  }

  public void purge(Collection<String> tags) {
    purges.purge(tags);
  }

  public long bytes() {
    return pages.values().stream().mapToLong(kept -> kept.page().weight()).sum();
  }
}
