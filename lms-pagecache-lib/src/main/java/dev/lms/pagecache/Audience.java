// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.pagecache;

import java.util.function.Function;

/**
 * Who may share a page: assigns a {@link Variant} to every asker. Must be a pure function of the
 * asker and thread-safe.
 */
@FunctionalInterface
public interface Audience {
  /** Everyone shares one rendering, for content that depends on nobody. */
  Audience EVERYONE = asker -> Variant.ANON;

  /**
   * Anonymous visitors share one rendering, everyone signed in another; holes hold what differs.
   */
  Audience BY_SIGN_IN = asker -> asker.isAnonymous() ? Variant.ANON : Variant.AUTH;

  /** Anonymous visitors share one rendering, and so do people with exactly the same roles. */
  Audience BY_ROLE = Variant::role;

  /**
   * Everyone has a rendering of their own; anonymous visitors share one if the handler reads
   * nothing about them.
   */
  Audience PERSON = Variant::user;

  /**
   * {@return an audience of groups that the program defines}
   *
   * @param group names the group of an asker; thread-safe
   */
  static Audience by(Function<Asker, String> group) {
    return asker -> Variant.custom(group.apply(asker));
  }

  /**
   * {@return the variant for an asker}
   *
   * @param asker who asks for the page
   */
  Variant variantOf(Asker asker);
}
