// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.local;

import dev.lms.pagecache.contract.PageStoreContract;
import dev.lms.pagecache.store.PageStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SharedPurgesPageStoreTest extends PageStoreContract {
  private PageStore store = new LocalPageStore(1, PurgeCounters.inProcess(), clock, clock::nanos);

  @BeforeEach
  void open(@TempDir Path folder) throws IOException {
    store =
        new LocalPageStore(
            1 << 20, PurgeCounters.shared(folder.resolve("purges")), clock, clock::nanos);
  }

  @Override
  protected PageStore store() {
    return store;
  }
}
