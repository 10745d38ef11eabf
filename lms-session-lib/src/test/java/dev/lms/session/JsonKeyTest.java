// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What goes in as JSON comes out as it was, or is refused where a programmer sees it. */
class JsonKeyTest extends JsonFixture {
  enum Colour {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "grass";
      }
    }
  }

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

  record WithTime(Instant at) {}

  record WithCollection(Collection<Item> items) {}

  static final class Derived extends Base {
    int more = 1;
  }

  record WithBase(Base base) {}

  static final class Link {
    @Nullable Link next;
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

  @SuppressWarnings("InfiniteRecursion")
  private static String endless(String text) {
    return text + endless(text);
  }
}
