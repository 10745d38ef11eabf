package dev.lms.pagecache;

import dev.lms.pagecache.store.Stamp;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Proof of a purge, for whoever made the change: a request that shows it gets no page from before
 * that purge on any node, also where the purge did not wait for all nodes. It names a point in the
 * order of purges and nothing of a page, a key or a person; who makes one up only makes their own
 * request ask the shared store.
 *
 * @param epoch the life of the store's memory of purges
 * @param clock the number of the purge
 */
public record Receipt(String epoch, long clock) {
  /** Of a purge that held everywhere when it returned. */
  public static final Receipt FULFILLED = new Receipt("", 0);

  private static final Pattern TEXT = Pattern.compile("([0-9A-Za-z/-]{0,64}+)\\.([0-9]{1,18}+)");

  /**
   * Reads what came back in a request.
   *
   * @param text from {@link #text}, or anything else
   * @return the receipt, or nothing if this is none
   */
  public static Optional<Receipt> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(new Receipt(parts.group(1), Long.parseLong(parts.group(2))))
        : Optional.empty();
  }

  static Receipt of(Stamp stamp) {
    return new Receipt(stamp.epoch(), stamp.clock());
  }

  Stamp stamp() {
    return new Stamp(epoch, clock);
  }

  /**
   * The receipt as it travels, in a cookie or a field of a form.
   *
   * @return at most 83 letters, digits, dots, slashes and hyphens
   */
  public String text() {
    return epoch + '.' + clock;
  }
}
