import dev.lms.session.*;
import java.util.List;
import java.util.stream.Stream;

public class Basket {
  public record Items(List<String> codes) {
    Items with(String code) {
      return new Items(Stream.concat(codes.stream(), Stream.of(code)).toList());
    }
  }

  static final SessionKey.WithDefault<Long> VISITS = SessionKey.counter("visits");
  static final SessionKey<String> NAME = SessionKey.text("name").sensitive();
  static final SessionKey.WithDefault<Items> ITEMS =
      SessionKey.json("items", Items.class).merging(Merge.REJECT).orElse(new Items(List.of()));

  /** Adds to the basket; false if another tab has changed it since this request looked. */
  static boolean add(Session session, String code) {
    session.add(VISITS, 1);
    session.set(ITEMS, session.get(ITEMS).with(code));
    return session.commit() != CommitOutcome.CONFLICT;
  }

  /** The same however many tabs do so at once: after a conflict, get reads what is stored now. */
  static boolean addPatiently(Session session, String code) {
    for (int i = 0; i < 20; i++) {
      session.set(ITEMS, session.get(ITEMS).with(code));
      if (session.commit() != CommitOutcome.CONFLICT) {
        return true;
      }
    }
    return false;
  }
}
