package reader.pagestore;

import dev.lms.pagecache.contract.PageStoreContract;
import dev.lms.pagecache.store.PageStore;

/** What every store of pages must do. */
class MapPageStoreTest extends PageStoreContract {
  private final PageStore store = new MapPageStore(clock);

  @Override
  protected PageStore store() {
    return store;
  }
}
