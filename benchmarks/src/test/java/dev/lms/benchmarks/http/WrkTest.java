// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.benchmarks.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrkTest {
  private static final String SAID =
      """
      Running 5s test @ http://127.0.0.1:8080/page
        2 threads and 32 connections
        Thread Stats   Avg      Stdev     Max   +/- Stdev
          Latency     1.12ms    2.01ms  31.29ms   92.11%
          Req/Sec    25.11k     2.20k   29.33k    71.00%
        Latency Distribution
           50%  553.00us
           75%    0.91ms
           90%    2.20ms
           99%    1.05s
        250000 requests in 5.00s, 2.39GB read
      <errors>Requests/sec:  50000.25
      Transfer/sec:    489.02MB
      """;

  @Test
  void rateAndLatenciesAreRead() throws Exception {
    assertEquals(
        new Wrk.Load(50000.25, 0.553, 1050, 250_000), Wrk.parse(SAID.replace("<errors>", "")));
  }

  @Test
  void aServerThatRefusesDoesNotLookFast() {
    for (String failure :
        new String[] {
          "  Non-2xx or 3xx responses: 12\n",
          "  Socket errors: connect 0, read 3, write 0, timeout 0\n"
        }) {
      IOException refused =
          assertThrows(IOException.class, () -> Wrk.parse(SAID.replace("<errors>", failure)));
      assertTrue(String.valueOf(refused.getMessage()).contains(failure.strip()));
    }
  }

  @Test
  void goodputIsWhatWasNotRefused() throws Exception {
    String refused = SAID.replace("<errors>", "  Non-2xx or 3xx responses: 50000\n");
    assertEquals(new Wrk.Load(40000, 0.553, 1050, 200_000), Wrk.goodput(refused));
    assertEquals(50000, Wrk.goodput(SAID.replace("<errors>", "")).rate());
    String late = "  Socket errors: connect 0, read 0, write 0, timeout 7\n";
    assertEquals(50000, Wrk.goodput(SAID.replace("<errors>", late)).rate());
    String broken = "  Socket errors: connect 0, read 7, write 0, timeout 0\n";
    assertThrows(IOException.class, () -> Wrk.goodput(SAID.replace("<errors>", broken)));
  }

  @Test
  void turnsComeTogether() {
    assertEquals(
        new Wrk.Load(200, 1.5, 30, 40),
        Wrk.Load.together(List.of(new Wrk.Load(100, 1, 20, 10), new Wrk.Load(300, 2, 40, 30))));
  }
}
