import dev.lms.session.*;

public class ApiClients {
  static final SessionSettings SETTINGS =
      SessionSettings.defaults().withTokenHeader(TokenHeader.authorization());

  /** Asked of browsers' forms; clients that send their session in a header need no such token. */
  static boolean mayChange(Session session, String tokenOfTheForm) {
    return session.csrfMatches(tokenOfTheForm);
  }
}
