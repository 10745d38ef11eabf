// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lms.pagecache.store.PageKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Keys made to collide, as visitors can make them. */
class KeyCollisionTest {
  /** All with the same {@link String#hashCode}. */
  private static List<String> colliding(String one, String other, int count) {
    List<String> all = List.of("");
    while (all.size() < count) {
      List<String> longer = new ArrayList<>();
      for (String begin : all) {
        longer.add(begin + one);
        longer.add(begin + other);
      }
      all = longer;
    }
    return all;
  }

  /** Two texts that collide under every polynomial modulo a power of two, whatever its base. */
  private static List<String> thueMorse(int length) {
    StringBuilder one = new StringBuilder();
    StringBuilder other = new StringBuilder();
    for (int i = 0; i < length; i++) {
      boolean odd = Integer.bitCount(i) % 2 == 1;
      one.append(odd ? 'b' : 'a');
      other.append(odd ? 'a' : 'b');
    }
    return List.of(one.toString(), other.toString());
  }

  private static void assertSpread(List<String> paths) {
    assertEquals(1, Set.copyOf(paths.stream().map(String::hashCode).toList()).size(), "hostile");
    Map<Integer, Integer> table = new HashMap<>();
    Set<Integer> hashes = new HashSet<>();
    for (String path : paths) {
      int hash = Pages.key("/" + path).hashCode();
      hashes.add(hash);
      table.merge((hash ^ hash >>> 16) & 8191, 1, Integer::sum);
    }
    assertTrue(hashes.size() > paths.size() * 0.999, hashes.size() + " of " + paths.size());
    int longest = table.values().stream().max(Integer::compare).orElseThrow();
    assertTrue(longest <= 10, longest + " keys in one bin");
  }

  @Test
  void keysThatCollideAsStringsDoNotCollide() {
    assertSpread(colliding("Aa", "BB", 4096));
  }

  @Test
  void keysThatCollideUnderEveryPolynomialDoNotCollide() {
    List<String> two = thueMorse(2048);
    assertSpread(colliding(two.get(0), two.get(1), 64));
  }

  /** Should keys collide all the same, tables sort them: {@code HashMap} asks for Comparable. */
  @Test
  void keysAreOrderedConsistentlyWithEquals() {
    List<PageKey> keys = new ArrayList<>();
    for (String path : colliding("Aa", "BB", 64)) {
      keys.add(Pages.key("/" + path));
      keys.add(Pages.key("/" + path, Variant.AUTH));
    }
    for (PageKey a : keys) {
      for (PageKey b : keys) {
        assertEquals(a.equals(b), a.compareTo(b) == 0);
        assertEquals(Integer.signum(a.compareTo(b)), -Integer.signum(b.compareTo(a)));
      }
    }
    assertEquals(keys.size(), new TreeSet<>(keys).size());
    assertEquals(Pages.key("/x").hashCode(), Pages.key("/x").hashCode());
  }
}
