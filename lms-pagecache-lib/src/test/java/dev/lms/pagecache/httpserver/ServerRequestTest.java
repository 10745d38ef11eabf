// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.Headers;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerRequestTest {
  @ParameterizedTest
  @ValueSource(strings = {"If-None-Match", "if-none-match", "IF-NONE-MATCH"})
  void isFoundWhateverTheCaseOfItsName(String name) {
    Headers sent = new Headers();
    sent.add(name, "\"a\"");
    sent.add(name, "\"b\"");
    for (String asked : List.of("If-None-Match", "if-none-match", "iF-nONE-mATCH")) {
      assertEquals(List.of("\"a\"", "\"b\""), ServerRequest.lines(sent, asked));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"If-None", "If-None-Match-Not", "If_None_Match", "Match"})
  void otherFieldsAreNotTakenForIt(String other) {
    Headers sent = new Headers();
    sent.add(other, "\"a\"");
    assertEquals(List.of(), ServerRequest.lines(sent, "If-None-Match"));
  }
}
