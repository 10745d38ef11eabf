package reader.store;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.StoredSession;
import dev.lms.session.contract.SessionStoreContract;
import dev.lms.session.store.SessionTokens;
import java.util.HashMap;
import java.util.Map;

/** What every store must do. */
class MapStoreTest extends SessionStoreContract {
  private final Map<String, StoredSession> sessions = new HashMap<>();

  @Override
  protected SessionStore open(KeyRing keys) {
    return new MapStore(sessions, new SessionTokens(keys));
  }
}
