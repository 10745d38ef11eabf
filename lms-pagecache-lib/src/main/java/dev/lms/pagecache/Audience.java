package dev.lms.pagecache;

import java.util.function.Function;

/**
 * Who may share a page: sorts every asker into a {@link Variant}. Must be a pure function of the
 * asker and safe for use by several threads.
 */
@FunctionalInterface
public interface Audience {
  /** Everyone shares one rendering, for content that knows no people. */
  Audience EVERYONE = asker -> Variant.ANON;

  /** Strangers share one rendering, everyone signed in another; the rest is for holes. */
  Audience BY_SIGN_IN = asker -> asker.isAnonymous() ? Variant.ANON : Variant.AUTH;

  /** Strangers share one rendering, people with exactly the same roles another. */
  Audience BY_ROLE = Variant::role;

  /** Everyone has their own; strangers share one as long as nothing about them is read. */
  Audience PERSON = Variant::user;

  /**
   * Groups the program defines.
   *
   * @param group names the group of an asker
   * @return the audience
   */
  static Audience by(Function<Asker, String> group) {
    return asker -> Variant.custom(group.apply(asker));
  }

  /**
   * The variant an asker gets.
   *
   * @param asker who is asking
   * @return the group
   */
  Variant variantOf(Asker asker);
}
