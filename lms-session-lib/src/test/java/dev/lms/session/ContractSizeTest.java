// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.contract.SessionStoreContract;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract that others extend is a thorough one, and stays so. */
class ContractSizeTest {
  @Test
  void theContractHasAtLeastSixtyCases() {
    long cases =
        Stream.<Class<?>>iterate(
                SessionStoreContract.class, c -> c != Object.class, Class::getSuperclass)
            .flatMap(part -> Arrays.stream(part.getDeclaredMethods()))
            .filter(method -> method.isAnnotationPresent(Test.class))
            .count();
    assertTrue(cases >= 60, cases + " cases");
  }
}
