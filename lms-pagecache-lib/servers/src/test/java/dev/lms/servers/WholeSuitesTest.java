// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The libraries' own suites of their filters on other providers of the JDK's server API, and behind
 * a filter that passes an exchange of its own on. Nothing fails there but the limits of a provider
 * that docs/how-to/use-other-servers.md names; some of them only now and then, such as a handler's
 * answer from another thread.
 */
@Tag("long")
class WholeSuitesTest {
  private static final Path HERE = Path.of("").toAbsolutePath();
  private static final Pattern FAILED = Pattern.compile("JUnit Jupiter:(\\w+):(\\w+)");
  private static final Pattern PASSED = Pattern.compile("\\[ *(\\d+) tests successful");

  enum Suite {
    SESSIONS_ON_ROBAHO("../../lms-session-lib", "dev.lms.session.httpserver", Providers.ROBAHO, 40),
    PAGES_ON_ROBAHO(
        "..",
        "dev.lms.pagecache.httpserver",
        Providers.ROBAHO,
        280,
        // Takes a status of 1xx for the answer, and throws where it ends.
        "BareServerTest#isSeenAsOnTheBareServer"),
    SESSIONS_BEHIND_A_FILTER_THAT_WRAPS(
        "../../lms-session-lib", "dev.lms.session.httpserver", Providers.WRAPPING, 40),
    PAGES_BEHIND_A_FILTER_THAT_WRAPS("..", "dev.lms.pagecache.httpserver", Providers.WRAPPING, 280),
    SESSIONS_ON_JETTY(
        "../../lms-session-lib",
        "dev.lms.session.httpserver",
        Providers.JETTY,
        35,
        "AsyncAnswerTest#aFailureAfterTheFirstByteCutsTheAnswer",
        "AsyncAnswerTest#anAnswerFromAnotherThreadCommitsAndSetsItsCookie",
        "AsyncAnswerTest#anOutageInAnotherThreadIsAnswered",
        "AsyncAnswerTest#anOutageIsOneHoweverItIsWrapped",
        "SecureExchangeTest#handlersCanAskForTheTlsSession",
        "SessionFilterTest#anInterimAnswerCarriesNoCookieAndCommitsNothing",
        "SessionFilterTest#whatAThrowingHandlerChangedIsNotStored"),
    PAGES_ON_JETTY(
        "..",
        "dev.lms.pagecache.httpserver",
        Providers.JETTY,
        210,
        "KeysAndPurgesTest#anAbsoluteTargetOfTheSiteItselfIsPathAndQuery",
        "KeysAndPurgesTest#targetsThatHoldMoreThanTheKeyGoPastTheCache",
        "PageCacheFilterTest#revalidatesAsRfc9110Says",
        "PartsPassedByTest#theRestMayComeFromAnotherThread",
        "Rfc9111FilterTest#conditionsAreJudgedByTheStoredPage",
        "Rfc9111FilterTest#gzipMakesTheHandlersTagWeak",
        "Rfc9111FilterTest#noCacheControlOfARequestTakesLong",
        "SecureExchangeTest#handlersCanAskForTheTlsSessionAndThatIsNotShared",
        "SecureExchangeTest#whoProvedTheirNameIsNotSharedWhereAnswersDecide");

    private final String module;
    private final String rooms;
    private final String provider;
    private final int least;
    private final String limits;

    Suite(String module, String rooms, String provider, int least, String... limits) {
      this.module = module;
      this.rooms = rooms;
      this.provider = provider;
      this.least = least;
      this.limits = String.join(" ", limits);
    }

    /** Those that compare with the bare server wait for what Jetty's never answers. */
    private String classes() {
      return provider.equals(Providers.JETTY)
          ? "(?!.*(BareServer|RandomHandlers)Test).*Test"
          : ".*Test";
    }
  }

  private static final class Providers {
    static final String ROBAHO = "robaho.net.httpserver.DefaultHttpServerProvider";
    static final String WRAPPING = WrappingProvider.class.getName();
    static final String JETTY = JettyProvider.class.getName();
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheLimitsOfTheProviderFail(Suite suite, @TempDir Path folder) throws Exception {
    Path module = HERE.resolve(suite.module).normalize();
    Path report = folder.resolve("report");
    Process tests =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dcom.sun.net.httpserver.HttpServerProvider=" + suite.provider,
                "--add-exports=jdk.httpserver/sun.net.httpserver=ALL-UNNAMED",
                "-cp",
                module.resolve("target/test-classes")
                    + File.pathSeparator
                    + System.getProperty("java.class.path"),
                "org.junit.platform.console.ConsoleLauncher",
                "execute",
                "--disable-banner",
                "--disable-ansi-colors",
                "--details=summary",
                "--exclude-tag=long",
                "--include-classname=" + suite.classes(),
                "--select-package=" + suite.rooms)
            .directory(module.toFile())
            .redirectOutput(report.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD) // What the library logs.
            .start();
    try {
      assertTrue(tests.waitFor(10, TimeUnit.MINUTES), "it does not end");
    } finally {
      tests.destroyForcibly().waitFor();
    }
    String said = Files.readString(report);
    TreeSet<String> failed = new TreeSet<>();
    FAILED.matcher(said).results().forEach(f -> failed.add(f.group(1) + "#" + f.group(2)));
    failed.removeAll(Set.of(suite.limits.split(" ")));
    assertEquals(new TreeSet<>(), failed, said);
    Matcher passed = PASSED.matcher(said);
    assertTrue(passed.find() && Integer.parseInt(passed.group(1)) >= suite.least, said);
  }
}
