package dev.lms.pagecache.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RareFieldTest {
  @ParameterizedTest
  @ValueSource(strings = {"If-None-Match", "if-none-match", "IF-NONE-MATCH"})
  void isFoundWhateverTheCaseOfItsName(String name) {
    Headers sent = new Headers();
    sent.add(name, "\"a\"");
    sent.add(name, "\"b\"");
    for (String asked : List.of("If-None-Match", "if-none-match", "iF-nONE-mATCH")) {
      RareField field = RareField.named(asked);
      assertTrue(field.isIn(sent));
      assertEquals("\"a\"", field.first(sent));
      assertEquals(List.of("\"a\"", "\"b\""), field.lines(sent));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"If-None", "If-None-Match-Not", "If_None_Match", "Match"})
  void otherFieldsAreNotTakenForIt(String other) {
    RareField field = RareField.named("If-None-Match");
    Headers sent = new Headers();
    sent.add(other, "\"a\"");
    assertFalse(field.isIn(sent));
    assertNull(field.first(sent));
    assertEquals(List.of(), field.lines(sent));
  }
}
