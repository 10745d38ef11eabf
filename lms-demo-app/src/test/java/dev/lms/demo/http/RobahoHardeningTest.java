// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.http;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same on the other provider, whose answers to what is malformed take seconds each. */
@Tag("long")
@ParameterizedClass
@EnumSource(names = "ROBAHO")
class RobahoHardeningTest extends HardeningTest {
  RobahoHardeningTest(HttpProvider provider) {
    super(provider);
  }
}
