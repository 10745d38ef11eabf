// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import dev.lms.pagecache.WatchedRender;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WatchedHeadersTest {
  /** These write, and tell nothing of what was there before. */
  private static final Set<String> WRITERS = Set.of("add", "set", "putAll", "clear");

  private final WatchedRender render =
      new WatchedRender(
          Map.of(
              "X-A", List.of("a"),
              "Accept-Language", List.of("de"),
              "Range", List.of("bytes=0-1")),
          Set.of("accept-language"));

  private final WatchedHeaders headers = new WatchedHeaders(render);

  /** Whatever methods this and later JDKs have. */
  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodThatTellsSomethingCountsAsReading(Method method) throws Exception {
    Class<?>[] types = method.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = argument(types[i], i);
    }
    method.invoke(headers, arguments);
    assertEquals(!WRITERS.contains(method.getName()), render.readUnkeyed(), method.toString());
  }

  static Stream<Method> methods() {
    return Arrays.stream(Headers.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(
            method ->
                method.getDeclaringClass() != Object.class
                    || Set.of("equals", "hashCode", "toString").contains(method.getName()));
  }

  private static Object argument(Class<?> type, int at) {
    if (type == BiFunction.class) {
      return (BiFunction<Object, Object, Object>) (a, b) -> List.of("new");
    }
    if (type == Function.class) {
      return (Function<Object, Object>) a -> List.of("new");
    }
    if (type == BiConsumer.class) {
      return (BiConsumer<Object, Object>) (a, b) -> {};
    }
    if (type == Map.class) {
      return Map.of("X-A", List.of("new"));
    }
    boolean isLines = type == List.class || (type == Object.class && at > 0);
    return isLines ? List.of("new") : "X-A";
  }

  @ParameterizedTest
  @MethodSource("copies")
  void everyCopyCountsAsReading(Consumer<Headers> copy) {
    copy.accept(headers);
    assertTrue(render.readUnkeyed());
  }

  static Stream<Consumer<Headers>> copies() {
    return Stream.of(
        HashMap::new,
        TreeMap::new,
        headers -> assertNotNull(Map.copyOf(headers)),
        headers -> new HashMap<String, List<String>>().putAll(headers),
        headers -> new Headers().putAll(headers),
        headers -> new ArrayList<>(headers.entrySet()),
        headers -> new ArrayList<>(headers.values()),
        headers -> new TreeSet<>(headers.keySet()),
        headers -> assertFalse(new HashMap<String, List<String>>().equals(headers)),
        headers -> assertFalse(new Headers().equals(headers)),
        headers -> assertFalse(("" + headers).isEmpty()));
  }

  @Test
  void whatIsInTheKeyMayBeReadInAnyWay() {
    assertEquals(List.of("de"), headers.get("accept-language"));
    assertEquals("de", headers.getFirst("ACCEPT-LANGUAGE"));
    assertEquals(List.of("de"), headers.getOrDefault("Accept-Language", List.of()));
    assertTrue(headers.containsKey("Accept-Language"));
    assertEquals(List.of("de"), headers.put("Accept-Language", List.of("en")));
    assertEquals(
        List.of("fr"), headers.merge("Accept-Language", List.of("fr"), (before, now) -> now));
    assertEquals(List.of("fr"), headers.remove("Accept-Language"));
    assertFalse(headers.containsKey("Range"), "the cache's own business");
    assertFalse(render.readUnkeyed());
  }

  @Test
  void whatIsWrittenIsThere() {
    headers.set("X-B", "b");
    headers.putAll(Map.of("X-C", List.of("c")));
    assertFalse(render.readUnkeyed());
    assertEquals("b", headers.getFirst("x-b"));
    assertEquals("c", headers.getFirst("x-c"));
    assertTrue(render.readUnkeyed());
  }
}
