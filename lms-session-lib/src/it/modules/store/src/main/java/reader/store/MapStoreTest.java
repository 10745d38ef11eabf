package reader.store;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.contract.SessionStoreContract;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What every store must do. */
class MapStoreTest extends SessionStoreContract {
  private final ConcurrentMap<String, String> texts = new ConcurrentHashMap<>();

  @Override
  protected SessionStore open(KeyRing keys) {
    return new MapStore(texts, keys);
  }
}
