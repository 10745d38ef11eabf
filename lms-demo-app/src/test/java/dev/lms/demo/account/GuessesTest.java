// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.demo.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.demo.http.HttpProblem;
import dev.lms.session.testkit.MovableClock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class GuessesTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("198.51.100.9");

  private final MovableClock clock = new MovableClock(Instant.parse("2026-05-01T10:00:00Z"));
  private final Guesses guesses = new Guesses(clock);

  private Duration delay(String account, InetAddress from) {
    try (Guesses.Turn turn = guesses.turn(account, from)) {
      return turn.delay();
    }
  }

  private void wrong(String account, InetAddress from) {
    try (Guesses.Turn turn = guesses.turn(account, from)) {
      turn.wasWrong();
    }
  }

  @Test
  void delaysGrowForOneAccountFromOneAddress() {
    for (int i = 0; i < 4; i++) {
      wrong("ada", ELSEWHERE);
      assertEquals(Duration.ZERO, delay("ada", ELSEWHERE));
    }
    for (int seconds = 1; seconds <= 16; seconds *= 2) {
      wrong("ada", ELSEWHERE);
      assertEquals(Duration.ofSeconds(seconds), delay("ada", ELSEWHERE));
      clock.move(Duration.ofSeconds(seconds));
      assertEquals(Duration.ZERO, delay("ada", ELSEWHERE));
    }
    wrong("ada", ELSEWHERE);
    assertEquals(Duration.ZERO, delay("ada", HOME), "its owner comes from elsewhere");
    assertEquals(Duration.ZERO, delay("bob", ELSEWHERE));
  }

  @Test
  void delaysEndInFiveMinutesAndAreForgottenInAnHour() {
    for (int i = 0; i < 30; i++) {
      wrong("ada", ELSEWHERE);
    }
    assertEquals(Duration.ofMinutes(5), delay("ada", ELSEWHERE));
    clock.move(Duration.ofHours(2));
    wrong("ada", ELSEWHERE);
    assertEquals(Duration.ZERO, delay("ada", ELSEWHERE));
  }

  @Test
  void aRightPasswordForgivesThoseBefore() {
    for (int i = 0; i < 8; i++) {
      wrong("ada", HOME);
    }
    try (Guesses.Turn turn = guesses.turn("ada", HOME)) {
      turn.wasRight();
    }
    assertEquals(Duration.ZERO, delay("ada", HOME));
  }

  @Test
  void anAddressIsWrongSoOftenInAll() {
    for (int i = 0; i < 40; i++) {
      wrong("name" + i, ELSEWHERE);
    }
    assertTrue(delay("another", ELSEWHERE).isPositive());
    assertEquals(Duration.ZERO, delay("another", HOME));
    clock.move(Duration.ofSeconds(3));
    assertEquals(Duration.ZERO, delay("another", ELSEWHERE), "one more every three seconds");
    wrong("another", ELSEWHERE);
    assertTrue(delay("another", ELSEWHERE).isPositive());
  }

  @Test
  void aNetworkOfIpv6IsOneAddress() {
    assertEquals(
        Guesses.network(InetAddress.ofLiteral("2001:db8:1:2:aaaa::1")),
        Guesses.network(InetAddress.ofLiteral("2001:db8:1:2:bbbb::2")));
    assertEquals("192.0.2.1", Guesses.network(HOME));
  }

  @Test
  void anAddressHasSoManyInTheWorksAndOthersFindTheirTurn() throws Exception {
    List<Guesses.Turn> turns = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      turns.add(guesses.turn("ada", ELSEWHERE));
    }
    CountDownLatch refused = new CountDownLatch(6);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> waiting = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        waiting.add(
            threads.submit(
                () -> {
                  try (Guesses.Turn turn = guesses.turn("ada", ELSEWHERE)) {
                    return turn.delay();
                  } catch (HttpProblem busy) {
                    refused.countDown();
                    return busy;
                  }
                }));
      }
      refused.await();
      delay("ada", HOME);
      turns.forEach(Guesses.Turn::close);
      for (Future<?> one : waiting) {
        one.get();
      }
    }
    assertThrows(
        HttpProblem.class,
        () -> {
          Thread.currentThread().interrupt();
          guesses.turn("ada", HOME);
        });
    assertTrue(Thread.interrupted());
  }
}
