package dev.lms.session;

import dev.lms.session.json.Json;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A typed attribute: its name, how a value becomes text and back, whether it may be shown, and what
 * becomes of it when two requests change it at once. Declare each one once, as a constant.
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
 * @param <T> what its values are
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

  /** Plain text. */
  public static SessionKey<String> text(String name) {
    return new SessionKey<>(name, text -> text, text -> text, Merge.LAST_WRITE);
  }

  /** A whole number. */
  public static SessionKey<Long> number(String name) {
    return new SessionKey<>(name, value -> Long.toString(value), Long::valueOf, Merge.LAST_WRITE);
  }

  /** A whole number that begins at 0 and loses no increment: {@link Merge#COUNTER}. */
  public static WithDefault<Long> counter(String name) {
    return number(name).merging(Merge.COUNTER).orElse(0L);
  }

  /**
   * A record, or whatever else gson writes and reads again with its default settings. Needs {@code
   * com.google.code.gson:gson} at run time, and on the module path the package of the class open to
   * this module and gson; for settings of your own, or another library, use {@link #of}.
   *
   * <p>What goes in comes out as it was, or is refused: types of which that is never so where the
   * key is declared (interfaces, {@code Optional}, inner classes and the like), values where they
   * are {@linkplain Session#set(SessionKey, Object) set}. A component of a record, and an element
   * of its collections, is null only where an annotation named {@code Nullable} that is kept at run
   * time says so, such as JSpecify's: text in which one is missing, as an older version of the
   * program may have written it, or names a constant that its enum no longer has, cannot be read.
   * Numbers and flags that are missing are 0 and false.
   *
   * @throws IllegalArgumentException if nothing of that type could be read back
   * @throws IllegalStateException if gson is not there
   */
  public static <T> SessionKey<T> json(String name, Class<T> type) {
    return json(name, (Type) type);
  }

  /**
   * {@link #json(String, Class) The same} for types with arguments, such as gson's {@code new
   * TypeToken<List<Item>>() {}.getType()}.
   *
   * @param type what {@code T} is
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
   * Values of any kind. One whose text cannot be read again is refused when it is set.
   *
   * @param write makes text of a value
   * @param read the reverse; null or any exception for what it cannot read
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

  /** A key that also says what an absent attribute is. */
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

    /** What an absent attribute is. */
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

  /** The same with a default, so that it always has a value. */
  public WithDefault<T> orElse(T value) {
    return new WithDefault<>(this, value);
  }

  /**
   * The same under a name that begins with an underscore: its value is never shown, neither by
   * {@link Session#toString} nor by {@link Session#shown}.
   */
  public SessionKey<T> sensitive() {
    return isSensitive(name) ? this : new SessionKey<>(SENSITIVE + name, write, read, merge);
  }

  /**
   * The same with another rule for concurrent changes.
   *
   * @throws IllegalArgumentException for {@link Merge#COUNTER} on anything but whole numbers
   */
  public SessionKey<T> merging(Merge rule) {
    if (rule == Merge.COUNTER && !read("0").equals(Optional.of(0L))) {
      throw new IllegalArgumentException(
          "only numbers can be counted: declare '%s' with SessionKey.counter".formatted(name));
    }
    return new SessionKey<>(name, write, read, rule);
  }

  /** The name of the attribute. */
  public String name() {
    return name;
  }

  /** What becomes of concurrent changes. */
  public Merge merge() {
    return merge;
  }

  /** Whether the attribute of this name must not be shown: its name begins with an underscore. */
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
