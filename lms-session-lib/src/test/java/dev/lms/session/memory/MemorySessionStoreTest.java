// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
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
