package shop;

import com.sun.net.httpserver.HttpServer;
import dev.lms.pagecache.PageCache;
import dev.lms.pagecache.local.LocalPageStore;
import dev.lms.session.KeyRing;
import dev.lms.session.Sessions;
import dev.lms.session.file.FileSessionStore;
import dev.lms.session.httpserver.SessionFilter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

public class Shop {
  public static void main(String[] args) throws Exception {
    var keys = KeyRing.of(System.getenv("SECRET_KEY"));
    var sessions = Sessions.of(FileSessionStore.open(Path.of("sessions"), keys), keys);
    var session = new SessionFilter(sessions);
    var offers = new Offers(PageCache.of(new LocalPageStore(64 << 20)));
    int port = Integer.getInteger("port", 8080);
    var server = HttpServer.create(new InetSocketAddress("localhost", port), 0);
    server.createContext("/cart", new Cart()).getFilters().add(session);
    server.createContext("/sign-in", new SignIn()).getFilters().add(session);
    server.createContext("/sign-out", SignIn::out).getFilters().add(session);
    server.createContext("/edit", offers::edit).getFilters().add(session);
    server.createContext("/offers", offers).getFilters().addAll(List.of(session, offers.filter()));
    server.start();
    System.out.println("Open http://localhost:" + port + "/offers");
  }
}
