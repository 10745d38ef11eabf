package dev.lms.session.memory;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.contract.SessionStoreContract;

class MemorySessionStoreTest extends SessionStoreContract {
  private final Table table = new Table(MemorySessionStore.DEFAULT_CAPACITY);

  @Override
  protected SessionStore open(KeyRing keys) {
    return new MemorySessionStore(keys, table);
  }
}
