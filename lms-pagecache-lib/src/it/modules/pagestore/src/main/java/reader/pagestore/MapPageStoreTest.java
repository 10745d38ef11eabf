package reader.pagestore;

import dev.lms.pagecache.contract.PageStoreContract;
import dev.lms.pagecache.local.PurgeCounters;
import dev.lms.pagecache.store.PageStore;
import java.util.concurrent.ConcurrentHashMap;

/** What every store of pages must do. */
class MapPageStoreTest extends PageStoreContract {
  private final PageStore store =
      new MapPageStore(new ConcurrentHashMap<>(), PurgeCounters.inProcess(), clock);

  @Override
  protected PageStore store() {
    return store;
  }
}
