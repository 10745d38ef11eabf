package dev.lms.demo.cli;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The browser that this desktop opens addresses with. */
final class WebBrowser {
  private static final List<List<String>> OPENERS =
      List.of(
          List.of("xdg-open"), List.of("open"), List.of("rundll32", "url.dll,FileProtocolHandler"));

  private WebBrowser() {}

  /** Opens an address, or says that somebody has to. */
  static void open(URI address) {
    for (List<String> opener : OPENERS) {
      ProcessBuilder command = new ProcessBuilder(new ArrayList<>(opener));
      command.command().add(address.toString());
      command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      try {
        command.start();
        return;
      } catch (IOException e) {
        // Another system's: the next.
      }
    }
    System.err.println("Found no browser to open; go to " + address);
  }
}
