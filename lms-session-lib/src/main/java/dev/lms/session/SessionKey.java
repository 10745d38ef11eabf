package dev.lms.session;

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
    return of(name, text -> text, text -> text);
  }

  /** A whole number. */
  public static SessionKey<Long> number(String name) {
    return of(name, value -> Long.toString(value), Long::valueOf);
  }

  /** A whole number that begins at 0 and loses no increment: {@link Merge#COUNTER}. */
  public static WithDefault<Long> counter(String name) {
    return number(name).merging(Merge.COUNTER).orElse(0L);
  }

  /**
   * A record, or whatever gson reads and writes with its default settings. Needs {@code
   * com.google.code.gson:gson} at run time; for settings of your own, or another library, use
   * {@link #of}.
   *
   * @throws IllegalStateException if gson is not there
   */
  public static <T> SessionKey<T> json(String name, Class<T> type) {
    try {
      Json<T> json = new Json<>(type);
      return of(name, json::write, json::read);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "attribute '%s' needs gson: add com.google.code.gson:gson, or use SessionKey.of"
              .formatted(name),
          e);
    }
  }

  /**
   * Values of any kind.
   *
   * @param write makes text of a value
   * @param read the reverse; null or any exception for what it cannot read
   */
  public static <T> SessionKey<T> of(
      String name, Function<T, String> write, Function<String, @Nullable T> read) {
    return new SessionKey<>(name, write, read, Merge.LAST_WRITE);
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
    try {
      return Optional.ofNullable(read.apply(text));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "SessionKey[" + name + "]";
  }
}
