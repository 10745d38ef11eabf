// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.contract.SessionStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract is a chain of classes: one that falls out of it is run for no store. */
class WholeContractTest {
  @Test
  void everyPartOfTheContractIsRun() throws IOException {
    Set<String> unrun;
    try (Stream<Path> files = Files.list(Path.of("src/test/java/dev/lms/session/contract"))) {
      unrun =
          files
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .filter(name -> name.endsWith("Contract"))
              .collect(Collectors.toCollection(TreeSet::new));
    }
    assertTrue(unrun.size() > 5, unrun.toString());
    Class<?> part = SessionStoreContract.class;
    while (part != Object.class) {
      unrun.remove(part.getSimpleName());
      part = part.getSuperclass();
    }
    assertEquals(Set.of(), unrun);
  }
}
