// Copyright 2026 the lms authors
// SPDX-License-Identifier: Apache-2.0
package dev.lms.session;

import dev.lms.session.json.Json;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A typed attribute: its name, how its value becomes text and back, whether it may be shown, and
 * what happens when two requests change it concurrently. Declare each one once, as a constant.
 * Immutable and thread-safe.
 *
 * <pre>{@code
 * static final SessionKey.WithDefault<Long> VISITS = SessionKey.counter("visits");
 * static final SessionKey<String> NAME = SessionKey.text("name").sensitive();
 * static final SessionKey<Cart> CART =
 *     SessionKey.json("cart", Cart.class).merging(Merge.REJECT);
 *
 * session.add(VISITS, 1);
 * session.set(CART, session.get(CART).orElse(Cart.EMPTY).with(item));
 * }</pre>
 *
 * <p>Text that cannot be read, because an older version of the program or somebody else wrote it,
 * counts as absent: it is {@linkplain Sessions#unreadableAttributes() counted} and logged, never
 * thrown.
 *
 * @param <T> the type of its values
 */
public sealed class SessionKey<T> permits SessionKey.WithDefault {
  /** Names that begin with it are not shown. */
  private static final String SENSITIVE = "_";

  private final String name;
  private final Function<T, String> write;
  private final Function<String, @Nullable T> read;
  private final Merge merge;

  private SessionKey(
      String name, Function<T, String> write, Function<String, @Nullable T> read, Merge merge) {
    this.name = name;
    this.write = write;
    this.read = read;
    this.merge = merge;
  }

  /**
   * Declares an attribute of plain text.
   *
   * @param name the attribute's name
   * @return a key whose last write wins
   */
  public static SessionKey<String> text(String name) {
    return new SessionKey<>(name, text -> text, text -> text, Merge.LAST_WRITE);
  }

  /**
   * Declares an attribute that holds a whole number of 64 bits. To add to it, use {@link #counter}.
   *
   * @param name the attribute's name
   * @return a key whose last write wins
   */
  public static SessionKey<Long> number(String name) {
    return new SessionKey<>(name, value -> Long.toString(value), Long::valueOf, Merge.LAST_WRITE);
  }

  /**
   * Declares a whole number that starts at 0 and loses no increment: {@link Merge#COUNTER}.
   *
   * @param name the attribute's name
   * @return a key for {@link Session#add(SessionKey, long)}
   */
  public static WithDefault<Long> counter(String name) {
    return number(name).merging(Merge.COUNTER).orElse(0L);
  }

  /**
   * Declares an attribute of a record, or of any other type that gson writes and reads back with
   * its default settings. Needs {@code com.google.code.gson:gson} at run time; on the module path,
   * the package of the class must be open to this module and to gson. For other settings or another
   * library, use {@link #of}.
   *
   * <p>A value comes back as it was set, or is refused. A type that can never be read back is
   * refused here (interfaces, {@code Optional}, inner classes and the like), a single value when it
   * is {@linkplain Session#set(SessionKey, Object) set}. A component of a record, and an element of
   * its collections, is null only if it has an annotation named {@code Nullable} with run-time
   * retention, such as JSpecify's. Text that lacks another component, as an older version of the
   * program may have written it, or that names a constant which its enum no longer has, cannot be
   * read. Missing numbers and flags are 0 and false.
   *
   * @param name the attribute's name
   * @param type the class of its values
   * @param <T> the type of its values
   * @return a key whose last write wins
   * @throws IllegalArgumentException if nothing of that type could be read back
   * @throws IllegalStateException if gson is missing
   */
  public static <T> SessionKey<T> json(String name, Class<T> type) {
    return json(name, (Type) type);
  }

  /**
   * Declares an attribute of a type with arguments, such as gson's {@code new
   * TypeToken<List<Item>>() {}.getType()}. The rules of {@link #json(String, Class)} apply.
   *
   * @param name the attribute's name
   * @param type what {@code T} is
   * @param <T> the type of its values
   * @return a key whose last write wins
   * @throws IllegalArgumentException if nothing of that type could be read back
   * @throws IllegalStateException if gson is missing
   */
  public static <T> SessionKey<T> json(String name, Type type) {
    try {
      Json<T> json = new Json<>(name, type);
      return new SessionKey<>(name, json::write, json::read, Merge.LAST_WRITE);
    } catch (NoClassDefFoundError e) {
      if (!String.valueOf(e.getMessage()).contains("com/google/gson")) {
        throw e;
      }
      throw new IllegalStateException(
          "attribute '%s' needs gson: add com.google.code.gson:gson (on the module path also"
                  .formatted(name)
              + " --add-modules com.google.gson), or use SessionKey.of",
          e);
    }
  }

  /**
   * Declares an attribute with a codec of your own. {@link Session#set(SessionKey, Object)} refuses
   * a value whose text cannot be read back.
   *
   * @param name the attribute's name
   * @param write turns a value into text
   * @param read turns text into a value; returns null or throws any exception for text it cannot
   *     read
   * @param <T> the type of its values
   * @return a key whose last write wins
   */
  public static <T> SessionKey<T> of(
      String name, Function<T, String> write, Function<String, @Nullable T> read) {
    Function<T, String> checked = value -> readable(name, write.apply(value), read);
    return new SessionKey<>(name, checked, read, Merge.LAST_WRITE);
  }

  private static <T> String readable(String name, String text, Function<String, @Nullable T> read) {
    if (read(text, read).isEmpty()) {
      throw new IllegalArgumentException(
          "attribute '%s' could not be read again: its codec writes what it does not read"
              .formatted(name));
    }
    return text;
  }

  /**
   * A key with a value for an absent attribute.
   *
   * @param <T> the type of its values
   */
  public static final class WithDefault<T> extends SessionKey<T> {
    private final T value;

    private WithDefault(SessionKey<T> key, T value) {
      super(key.name, key.write, key.read, key.merge);
      this.value = value;
      if (key.merge == Merge.COUNTER && !value.equals(0L)) {
        throw new IllegalArgumentException(
            "counter '%s' begins at 0, as every store counts".formatted(key.name));
      }
    }

    /** {@return the value of an absent attribute} */
    public T value() {
      return value;
    }

    @Override
    public WithDefault<T> sensitive() {
      return new WithDefault<>(super.sensitive(), value);
    }

    @Override
    public WithDefault<T> merging(Merge rule) {
      return new WithDefault<>(super.merging(rule), value);
    }
  }

  /**
   * {@return this key with a default, so that reading it always gives a value}
   *
   * @param value the value of an absent attribute; 0 for a counter
   * @throws IllegalArgumentException if this is a counter and the default is not 0
   */
  public WithDefault<T> orElse(T value) {
    return new WithDefault<>(this, value);
  }

  /**
   * {@return this key under a name that begins with an underscore, so that neither {@link
   * Session#toString} nor {@link Session#shown} shows its value}
   */
  public SessionKey<T> sensitive() {
    return isSensitive(name) ? this : new SessionKey<>(SENSITIVE + name, write, read, merge);
  }

  /**
   * {@return this key with another rule for concurrent changes}
   *
   * @param rule which of several concurrent changes survive
   * @throws IllegalArgumentException for {@link Merge#COUNTER} on anything but whole numbers
   */
  public SessionKey<T> merging(Merge rule) {
    if (rule == Merge.COUNTER && !read("0").equals(Optional.of(0L))) {
      throw new IllegalArgumentException(
          "only numbers can be counted: declare '%s' with SessionKey.counter".formatted(name));
    }
    return new SessionKey<>(name, write, read, rule);
  }

  /** {@return the name of the attribute} */
  public String name() {
    return name;
  }

  /** {@return which of several concurrent changes survive} */
  public Merge merge() {
    return merge;
  }

  /**
   * {@return whether an attribute must not be shown, because its name begins with an underscore}
   *
   * @param name the attribute's name
   */
  public static boolean isSensitive(String name) {
    return name.startsWith(SENSITIVE);
  }

  String write(T value) {
    return write.apply(value);
  }

  /** Empty for what cannot be read, whatever the reader makes of it. */
  Optional<T> read(String text) {
    return read(text, read);
  }

  private static <T> Optional<T> read(String text, Function<String, @Nullable T> read) {
    try {
      return Optional.ofNullable(read.apply(text));
    } catch (RuntimeException | StackOverflowError e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "SessionKey[" + name + "]";
  }
}
