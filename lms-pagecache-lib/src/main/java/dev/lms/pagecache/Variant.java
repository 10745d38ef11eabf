// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import dev.lms.pagecache.store.PageKey;
import java.util.ArrayList;
import java.util.List;

/**
 * The people who may share one rendering of a page. The variant is part of the key, so one group
 * never sees what was rendered for another. Immutable.
 *
 * @param kind what the people of the group have in common
 * @param names what distinguishes this group from others of its kind: the sorted roles, the person,
 *     the program's group; empty for {@link Kind#ANON} and {@link Kind#AUTH}
 */
public record Variant(Kind kind, List<String> names) {
  /** What the people of a variant have in common. */
  public enum Kind {
    /** Nobody is signed in. */
    ANON("anon"),
    /** Somebody is signed in; holes hold what differs between people. */
    AUTH("auth"),
    /** People with exactly the same roles. */
    ROLE("role"),
    /** One person. */
    USER("user"),
    /** A group the program defines. */
    CUSTOM("custom"),
    /** Nobody knows who asks; nothing is stored for them or served to them from the cache. */
    UNKNOWN("unknown");

    private final String token;
    private final String text;

    Kind(String token) {
      this.token = token;
      this.text = PageKey.variantOf(token, List.of());
    }

    /** What the variant of a key has in common with others of its kind. */
    static Kind of(PageKey key) {
      for (Kind kind : KINDS) {
        if (key.variant().startsWith(kind.text)) {
          return kind;
        }
      }
      throw new IllegalArgumentException("The key " + key + " was not made here");
    }

    /** {@return the token of RFC 8941 for this kind in {@code Cache-Status} and statistics} */
    public String token() {
      return token;
    }
  }

  private static final List<Kind> KINDS = List.of(Kind.values());

  /** All anonymous visitors. */
  public static final Variant ANON = new Variant(Kind.ANON, List.of());

  /** Everyone who is signed in. */
  public static final Variant AUTH = new Variant(Kind.AUTH, List.of());

  /** An asker who could not be identified. */
  public static final Variant UNKNOWN = new Variant(Kind.UNKNOWN, List.of());

  /** Copies the names. */
  public Variant {
    names = List.copyOf(names);
  }

  /**
   * {@return the people who have exactly the asker's roles; {@link #ANON} for an anonymous visitor}
   *
   * @param asker who asks for the page
   */
  public static Variant role(Asker asker) {
    return asker.isAnonymous() ? ANON : new Variant(Kind.ROLE, sortedRoles(asker));
  }

  /**
   * {@return one person with their present roles; {@link #ANON} for an anonymous visitor}
   *
   * @param asker who asks for the page
   */
  public static Variant user(Asker asker) {
    if (asker.isAnonymous()) {
      return ANON;
    }
    List<String> names = new ArrayList<>(sortedRoles(asker));
    names.add(0, asker.id());
    return new Variant(Kind.USER, names);
  }

  /**
   * {@return a group that the program defines}
   *
   * @param group its name
   */
  public static Variant custom(String group) {
    return new Variant(Kind.CUSTOM, List.of(group));
  }

  /** The variant of a key. */
  static Variant of(PageKey key) {
    List<String> names =
        key.parts().stream()
            .filter(part -> part.name().equals("name"))
            .map(PageKey.Part::value)
            .toList();
    return new Variant(Kind.of(key), names);
  }

  /** How it stands in a key. */
  String text() {
    return names.isEmpty() ? kind.text : PageKey.variantOf(kind.token, names);
  }

  private static List<String> sortedRoles(Asker asker) {
    return asker.roles().stream().sorted().toList();
  }
}
