// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.file.FileSessionStore;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Types of a program, and a session to keep them in. */
abstract class JsonFixture {
  static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  record Item(String code, int count, @Nullable String note) {}

  record Box<T>(T content) {}

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  record WithFloat(double number) {}

  static class Base {
    String name = "";
  }

  @TempDir Path folder;
  SessionStore store;
  Sessions sessions;
  Session session;

  @BeforeEach
  void openStore() {
    store = FileSessionStore.open(folder.resolve("sessions"), KEYS);
    sessions =
        Sessions.builder(store, KEYS)
            .settings(SessionSettings.plainHttp())
            .clock(Clock.systemUTC())
            .build();
    session = sessions.open(null);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  static Type type(Class<?> raw, Type... arguments) {
    return new ParameterizedType() {
      @Override
      public Type[] getActualTypeArguments() {
        return arguments.clone();
      }

      @Override
      public Type getRawType() {
        return raw;
      }

      @Override
      public @Nullable Type getOwnerType() {
        return raw.getDeclaringClass();
      }
    };
  }

  /** What an unchecked caller hands over. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  static <T> T nothing() {
    return null;
  }
}
