package reader.files;

import dev.lms.session.KeyRing;
import dev.lms.session.Session;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import java.nio.file.Path;
import java.util.List;

/** Two requests of one visitor. */
public class Main {
  public static void main(String[] args) throws Exception {
    KeyRing keys = KeyRing.of("a reader's secret, at least 32 characters");
    Sessions sessions = Sessions.of(FileSessionStore.open(Path.of(args[0]), keys), keys);

    Session first = sessions.open(List.of());
    first.add("visits", 1);
    first.commit();
    String cookie = first.setCookie().orElseThrow().split(";")[0];

    Session second = sessions.open(List.of(cookie));
    System.out.println("Files: visit " + second.add("visits", 1));
    System.exit(0);
  }
}
