// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What JSON would not bring back is refused, and the message says what to do. */
class JsonRefusalsTest extends JsonFixture {
  record WithOptional(Optional<String> nick) {}

  record WithShape(Shape shape) {}

  record WithShapes(List<Shape> shapes) {}

  record WithDate(Date at) {}

  record WithObject(Object anything) {}

  record WithObjects(List<?> anything) {}

  record WithNumber(Number number) {}

  record WithRaw(@SuppressWarnings("rawtypes") List list) {}

  record WithSerializable(Serializable anything) {}

  record WithKeys(Map<Item, String> map) {}

  abstract static class Abstract {
    String name = "";
  }

  @SuppressWarnings("ClassCanBeStatic") // the point
  class Inner {
    String name = "";
  }

  record WithInner(Inner inner) {}

  @Test
  void whatCannotBeReadBackIsRefusedWhereTheKeyIsDeclared() {
    @SuppressWarnings("UnusedVariable") // read by nobody but gson
    class Local {
      String name = "";
    }
    Object anonymous = new Base() {};
    Supplier<String> lambda = () -> "";
    for (Class<?> refused :
        List.of(
            Optional.class,
            WithOptional.class,
            Shape.class,
            WithShape.class,
            WithShapes.class,
            Local.class,
            anonymous.getClass(),
            lambda.getClass(),
            Inner.class,
            WithInner.class,
            Abstract.class,
            WithDate.class,
            Object.class,
            WithObject.class,
            WithObjects.class,
            WithNumber.class,
            WithRaw.class,
            List.class,
            Map.class,
            WithSerializable.class,
            WithKeys.class,
            Box.class,
            Class.class,
            Thread.class,
            void.class)) {
      IllegalArgumentException error =
          assertThrows(
              IllegalArgumentException.class,
              () -> SessionKey.json("order", refused),
              refused.getName());
      assertTrue(String.valueOf(error.getMessage()).contains("'order'"), error.getMessage());
      assertTrue(String.valueOf(error.getMessage()).contains("SessionKey.of"), error.getMessage());
    }
  }

  /** They would be refused when they are set again. */
  @ParameterizedTest
  @ValueSource(strings = {"1e400", "-1e400", "NaN", "Infinity", "\"-Infinity\""})
  void numbersThatNoJsonHoldsAreNotReadEither(String number) {
    SessionKey<WithFloat> one = SessionKey.json("one", WithFloat.class);
    SessionKey<List<Float>> many = SessionKey.json("many", type(List.class, Float.class));
    assertEquals(Optional.empty(), one.read("{\"number\":" + number + "}"));
    assertEquals(Optional.empty(), many.read("[" + number + "]"));
    assertEquals(Optional.of(List.of(1.5f)), many.read("[1.5]"));
  }

  /** In a program that has this library and nothing else. */
  @Test
  void withoutGsonTheMessageNamesIt() throws Exception {
    URL library = SessionKey.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader alone =
        new URLClassLoader(new URL[] {library}, ClassLoader.getPlatformClassLoader())) {
      Class<?> key = alone.loadClass(SessionKey.class.getName());
      InvocationTargetException error =
          assertThrows(
              InvocationTargetException.class,
              () ->
                  key.getMethod("json", String.class, Class.class)
                      .invoke(null, "cart", String.class));
      Throwable cause = requireNonNull(error.getCause());
      assertEquals(IllegalStateException.class, cause.getClass());
      String message = String.valueOf(cause.getMessage());
      assertTrue(message.contains("'cart'"), message);
      assertTrue(message.contains("com.google.code.gson:gson"), message);
      assertNotNull(key.getMethod("counter", String.class).invoke(null, "visits"));
    }
  }
}
