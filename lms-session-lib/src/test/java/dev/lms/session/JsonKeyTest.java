// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.session.file.FileSessionStore;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes in as JSON comes out as it was, or is refused where a programmer sees it. */
class JsonKeyTest {
  private static final KeyRing KEYS = KeyRing.of("a secret for tests, long enough 0001");

  enum Colour {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "grass";
      }
    }
  }

  record Item(String code, int count, @Nullable String note) {}

  @SuppressWarnings("ArrayRecordComponent") // people do
  record Order(
      Item first,
      List<Item> items,
      Map<Colour, List<BigDecimal>> prices,
      Set<Colour> colours,
      @Nullable Colour favourite,
      long[] numbers,
      List<@Nullable String> gaps,
      UUID id,
      boolean paid) {}

  record Node(String name, List<Node> children) {
    static Node deep(int levels) {
      Node node = new Node("leaf", List.of());
      for (int i = 1; i < levels; i++) {
        node = new Node("n", List.of(node));
      }
      return node;
    }
  }

  record Box<T>(T content) {}

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  record WithOptional(Optional<String> nick) {}

  record WithShape(Shape shape) {}

  record WithShapes(List<Shape> shapes) {}

  record WithTime(Instant at) {}

  record WithDate(Date at) {}

  record WithObject(Object anything) {}

  record WithObjects(List<?> anything) {}

  record WithNumber(Number number) {}

  record WithRaw(@SuppressWarnings("rawtypes") List list) {}

  record WithSerializable(Serializable anything) {}

  record WithKeys(Map<Item, String> map) {}

  record WithCollection(Collection<Item> items) {}

  record WithFloat(double number) {}

  static class Base {
    String name = "";
  }

  static final class Derived extends Base {
    int more = 1;
  }

  record WithBase(Base base) {}

  abstract static class Abstract {
    String name = "";
  }

  static final class Link {
    @Nullable Link next;
  }

  @SuppressWarnings("ClassCanBeStatic") // the point
  class Inner {
    String name = "";
  }

  record WithInner(Inner inner) {}

  @TempDir Path folder;
  private SessionStore store;
  private Sessions sessions;
  private Session session;

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

  private static Type type(Class<?> raw, Type... arguments) {
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

  private static Order order() {
    Map<Colour, List<BigDecimal>> prices = new TreeMap<>();
    prices.put(Colour.GREEN, List.of(new BigDecimal("1.10"), new BigDecimal("2")));
    return new Order(
        new Item("a", 1, null),
        List.of(new Item("b", 2, "new")),
        prices,
        Set.of(Colour.RED),
        null,
        new long[] {1, Long.MAX_VALUE},
        Arrays.asList("x", null),
        new UUID(1, 2),
        true);
  }

  @Test
  void whatCanBeReadBackIsTaken() {
    SessionKey<Order> key = SessionKey.json("order", Order.class);
    session.set(key, order());
    session.commit();
    String cookie = session.setCookie().orElseThrow().replaceFirst(";.*", "");
    Order back = sessions.open(List.of(cookie)).get(key).orElseThrow();
    assertEquals(
        order().toString().replaceAll("\\[J@\\w+", ""),
        back.toString().replaceAll("\\[J@\\w+", ""));
    assertEquals(Long.MAX_VALUE, back.numbers()[1]);
    assertNull(back.favourite());
    assertEquals(0, sessions.unreadableAttributes());

    SessionKey<Node> tree = SessionKey.json("tree", Node.class);
    session.set(tree, Node.deep(100));
    assertEquals(Optional.of(Node.deep(100)), session.get(tree));
    SessionKey<WithTime> time = SessionKey.json("time", WithTime.class);
    WithTime now = new WithTime(Instant.parse("2026-03-01T12:00:00.123456789Z"));
    session.set(time, now);
    assertEquals(Optional.of(now), session.get(time));
    SessionKey<Base> plain = SessionKey.json("plain", Base.class);
    Base base = new Base();
    base.name = "Ada";
    session.set(plain, base);
    assertEquals("Ada", session.get(plain).orElseThrow().name);
    for (Class<?> taken :
        List.of(
            String.class,
            Integer.class,
            int[].class,
            Item[].class,
            WithCollection.class,
            Colour.class,
            Circle.class,
            URI.class,
            Locale.class)) {
      SessionKey.json("a", taken);
    }
  }

  @Test
  void typesWithParametersAreSaidInFull() {
    SessionKey<List<Item>> items = SessionKey.json("items", type(List.class, Item.class));
    List<Item> two = List.of(new Item("a", 1, null), new Item("b", 2, "c"));
    session.set(items, two);
    assertEquals(Optional.of(two), session.get(items));
    Item first = session.get(items).orElseThrow().get(0);
    assertEquals("a", first.code());

    SessionKey<Map<String, Box<Colour>>> boxes =
        SessionKey.json("boxes", type(Map.class, String.class, type(Box.class, Colour.class)));
    session.set(boxes, Map.of("x", new Box<>(Colour.GREEN)));
    assertEquals(Optional.of(Map.of("x", new Box<>(Colour.GREEN))), session.get(boxes));
    SessionKey<EnumMap<Colour, Integer>> counts =
        SessionKey.json("counts", type(EnumMap.class, Colour.class, Integer.class));
    EnumMap<Colour, Integer> map = new EnumMap<>(Map.of(Colour.RED, 7));
    session.set(counts, map);
    assertEquals(Optional.of(map), session.get(counts));
    SessionKey<EnumSet<Colour>> set = SessionKey.json("set", type(EnumSet.class, Colour.class));
    session.set(set, EnumSet.of(Colour.GREEN));
    assertEquals(Optional.of(EnumSet.of(Colour.GREEN)), session.get(set));
    assertThrows(
        IllegalArgumentException.class,
        () -> SessionKey.json("shapes", type(List.class, Shape.class)));
    assertThrows(
        IllegalArgumentException.class,
        () -> SessionKey.json("box", type(Box.class, Object.class)));
    assertThrows(
        IllegalArgumentException.class,
        () -> SessionKey.json("boxes", type(Map.class, Item.class, String.class)));
  }

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

  @Test
  void valuesThatWouldComeOutOtherwiseAreRefusedWhenTheyAreSet() {
    SessionKey<Node> tree = SessionKey.json("tree", Node.class);
    SessionKey<WithFloat> number = SessionKey.json("number", WithFloat.class);
    SessionKey<WithBase> base = SessionKey.json("base", WithBase.class);
    SessionKey<Item> item = SessionKey.json("item", Item.class);
    SessionKey<List<String>> texts = SessionKey.json("texts", type(List.class, String.class));
    SessionKey<Link> link = SessionKey.json("link", Link.class);
    Link circle = new Link();
    circle.next = new Link();
    circle.next.next = circle;
    List<Node> children = new ArrayList<>();
    children.add(nothing());
    List<Runnable> sets =
        List.of(
            () -> session.set(tree, Node.deep(300)),
            () -> session.set(tree, Node.deep(100_000)),
            () -> session.set(tree, new Node("a", children)),
            () -> session.set(number, new WithFloat(Double.NaN)),
            () -> session.set(base, new WithBase(new Derived())),
            () -> session.set(item, new Item(nothing(), 1, "x")),
            () -> session.set(texts, Arrays.asList("a", nothing())),
            () -> session.set(link, circle));
    for (int i = 0; i < sets.size(); i++) {
      IllegalArgumentException error =
          assertThrows(IllegalArgumentException.class, sets.get(i)::run, "value " + i);
      assertTrue(String.valueOf(error.getMessage()).contains("attribute '"), error.getMessage());
    }
    assertEquals(Map.of(), session.attributes(), "nothing of it is kept");
    assertEquals(0, sessions.unreadableAttributes());
  }

  /** Of another version of the program. */
  @Test
  void aNullWhereNoneMayBeIsUnreadable() {
    SessionKey<Order> key = SessionKey.json("order", Order.class);
    session.set(key, order());
    String good = session.get("order").orElseThrow();
    List<String> unreadable =
        List.of(
            good.replace("\"RED\"", "\"MAUVE\""),
            good.replace("\"GREEN\"", "\"MAUVE\"").replace("\"grass\"", "\"MAUVE\""),
            good.replace("\"RED\"", "null"),
            good.replace("\"code\":\"b\"", "\"code\":null"),
            good.replace("\"code\":\"b\",", ""),
            good.replace("\"items\"", "\"things\""),
            good.replace("\"colours\":[", "\"favourite\":\"MAUVE\",\"colours\":["),
            good.replace("\"count\":2", "\"count\":null"),
            good.replace("[{\"code\"", "[null,{\"code\""));
    for (int i = 0; i < unreadable.size(); i++) {
      assertTrue(!unreadable.get(i).equals(good), "sample " + i);
      session.set("order", unreadable.get(i));
      assertEquals(Optional.empty(), session.get(key), unreadable.get(i));
      assertEquals(i + 1, sessions.unreadableAttributes());
    }
    Order fallback = order();
    assertEquals(fallback, session.get(key.orElse(fallback)));
    // What may be absent, and what is no longer there.
    session.set("order", good.replace("\"note\":\"new\"", "\"gone\":{\"a\":[1]}"));
    assertNull(session.get(key).orElseThrow().items().get(0).note());
    session.set("order", good.replaceFirst("\"paid\":true,?", "\"x\":1"));
    assertEquals(false, session.get(key).orElseThrow().paid(), "a number or a flag begins at 0");
  }

  @Test
  void codecsOfOnesOwnAreHeldToTheSame() {
    SessionKey<String> lossy = SessionKey.of("lossy", text -> "#" + text, text -> null);
    assertThrows(IllegalArgumentException.class, () -> session.set(lossy, "a"));
    SessionKey<String> endless =
        SessionKey.of("endless", text -> text, text -> text.isEmpty() ? "" : endless(text));
    session.set("endless", "a");
    assertEquals(Optional.empty(), session.get(endless));
    SessionKey<String> failing =
        SessionKey.of(
            "failing",
            text -> {
              throw new IllegalStateException("never");
            },
            text -> text);
    assertThrows(IllegalStateException.class, () -> session.set(failing, "a"));
    Map<String, Integer> cart = new LinkedHashMap<>(new HashMap<>(Map.of("a", 1)));
    SessionKey<Map<String, Integer>> map =
        SessionKey.json("map", type(Map.class, String.class, Integer.class));
    session.set(map, cart);
    assertEquals(Optional.of(cart), session.get(map));
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

  /** What an unchecked caller hands over. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  @SuppressWarnings("InfiniteRecursion")
  private static String endless(String text) {
    return text + endless(text);
  }
}
