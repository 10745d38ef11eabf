package dev.lms.session;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileSessionStoreTest extends SessionStoreContract {
  @TempDir Path folder;

  @Override
  protected SessionStore open(KeyRing keys) {
    return FileSessionStore.open(folder.resolve("sessions"), keys);
  }
}
