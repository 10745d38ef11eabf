// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

@Command(
    name = "version",
    description = "Prints the version.",
    footer = {"%nExamples:", "  lmsctl version"},
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class)
final class VersionCommand implements Callable<Integer>, IVersionProvider {

  @Override
  public Integer call() {
    System.out.println(getVersion()[0]);
    return 0;
  }

  @Override
  public String[] getVersion() {
    @Nullable String version = VersionCommand.class.getPackage().getImplementationVersion();
    return new String[] {
      "lms " + (version == null ? "(not packaged)" : version) + ", Java " + Runtime.version()
    };
  }
}
