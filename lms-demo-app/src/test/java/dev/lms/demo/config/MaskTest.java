// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskTest {

  @ParameterizedTest
  @CsvSource({
    "redis://h:1/2, redis://h:1/2",
    "redis://u:p@h, redis://u:********@h",
    "redis://:p@h, redis://********@h",
    "redis://p@h, redis://********@h",
    "redis://u:p@ss/w:rd@h:1, redis://u:********@h:1",
    "u:p@h, ********@h",
    "jdbc:x://u:p@h/d, jdbc:x://u:********@h/d",
    "jdbc:sqlite:/a?Password=p&b=1, jdbc:sqlite:/a?Password=********&b=1",
    "jdbc:sqlite:/a?key=p, jdbc:sqlite:/a?key=********",
    "plain, plain",
  })
  void passwordsAreHiddenInMalformedUrlsToo(String url, String shown) {
    assertEquals(shown, Mask.url(url));
  }
}
