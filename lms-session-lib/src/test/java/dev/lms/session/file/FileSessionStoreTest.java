// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.file;

import dev.lms.session.KeyRing;
import dev.lms.session.SessionStore;
import dev.lms.session.contract.SessionStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileSessionStoreTest extends SessionStoreContract {
  @TempDir Path folder;

  @Override
  protected SessionStore open(KeyRing keys) {
    return FileSessionStore.open(folder.resolve("sessions"), keys);
  }
}
