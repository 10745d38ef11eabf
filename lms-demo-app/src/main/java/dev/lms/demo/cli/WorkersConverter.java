// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import dev.lms.demo.config.WorkerCount;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what follows {@code --workers}. */
final class WorkersConverter implements ITypeConverter<WorkerCount> {
  @Override
  public WorkerCount convert(String value) {
    try {
      return WorkerCount.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + value + "': " + e.getMessage());
    }
  }
}
