import com.sun.net.httpserver.HttpServer;
import dev.lms.session.*;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.httpserver.SessionFilter;
import java.net.InetSocketAddress;

public class Hello {
  public static void main(String[] args) throws Exception {
    var keys = KeyRing.of(System.getenv("SECRET_KEY"));
    var sessions = Sessions.of(FileSessionStore.open(java.nio.file.Path.of("sessions"), keys), keys);
    var server = HttpServer.create(new InetSocketAddress("localhost", Integer.getInteger("port", 8080)), 0);
    server.createContext("/", exchange -> {
      byte[] page = ("Visit " + SessionFilter.session(exchange).add("visits", 1)).getBytes();
      exchange.sendResponseHeaders(200, page.length);
      try (var body = exchange.getResponseBody()) { body.write(page); }
    }).getFilters().add(new SessionFilter(sessions));
    server.start();
  }
}
