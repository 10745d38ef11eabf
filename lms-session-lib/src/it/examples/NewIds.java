import dev.lms.session.*;
import java.time.Duration;
import java.util.Set;

public class NewIds {
  static final SessionSettings SETTINGS =
      SessionSettings.defaults()
          .withRotation(
              SessionSettings.Rotation.defaults()
                  .withGrace(Duration.ofSeconds(5))
                  .withReuseEndsSession(true));

  /** A new id now and then: what was stolen before is worth nothing. */
  static void freshen(Session session) {
    session.rotate();
  }

  /** Other rights are another id at once, without a grace. */
  static void promote(Session session) {
    session.changeRoles(Set.of("student", "tutor"));
  }

  /** Before something that matters: has the person shown who they are lately? */
  static boolean mayChangePassword(Session session) {
    return session.sinceAuthentication().filter(t -> t.toMinutes() < 5).isPresent();
  }
}
