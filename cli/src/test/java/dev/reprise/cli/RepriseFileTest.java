package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.store.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code reprise.toml} settles, and what goes before it. */
class RepriseFileTest {
  @TempDir private Path project;
  @TempDir private Path user;

  private RepriseFile files(String ofProject, String ofUser) throws IOException {
    if (ofProject != null) {
      Files.writeString(project.resolve("reprise.toml"), ofProject);
    }
    if (ofUser != null) {
      Files.writeString(user.resolve("reprise.toml"), ofUser);
    }
    return RepriseFile.of(project, user);
  }

  private static Settings settings(String... words) {
    SessionOptions options = new SessionOptions();
    QuickWords.read(java.util.List.of(words), new ScriptWords(), options);
    return options.settings();
  }

  @Test
  void withoutFilesThereIsNoStore() throws IOException {
    RepriseFile none = files(null, null);
    assertThat(none.store()).isNull();
    assertThat(none.token("http://a:1")).isNull();
    assertThat(StoreChoice.settled(settings(), none).store()).isNull();
  }

  @Test
  void theProjectGoesBeforeTheUserAndWordsBeforeBoth() throws IOException {
    RepriseFile both = files("store = \"here\"", "store = \"http://a:1\"\n[serve]\nuser = \"u\"");
    assertThat(both.store()).isEqualTo(project.resolve("here").toString());
    assertThat(both.serve("user")).isEqualTo("u");
    assertThat(both.serve("database")).isNull();
    assertThat(StoreChoice.settled(settings(), both).store()).isEqualTo(both.store());
    assertThat(StoreChoice.settled(settings("--store", "other"), both).store()).isEqualTo("other");
    assertThat(StoreChoice.settled(settings("--store", "none"), both).store()).isNull();
  }

  @Test
  void aTokenGoesToItsOwnAddressAloneAndIsNeverShown() throws IOException {
    RepriseFile both =
        files("store = \"http://evil:1\"", "[tokens]\n\"http://a:1\" = \"rp_secret\"");
    ServerAddress address = StoreChoice.server("http://a:1/", both, null);
    assertThat(address.token()).isEqualTo("rp_secret");
    assertThat(address.toString()).isEqualTo("http://a:1");
    assertThat(StoreChoice.server("http://a:1", both, "rp_other").token()).isEqualTo("rp_other");
    assertThatThrownBy(() -> StoreChoice.server(both.store(), both, null))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("http://evil:1 needs a token")
        .hasMessageNotContaining("rp_");
  }

  @Test
  void theTokenOfTheEnvironmentDoesNotGoWhereAProjectAloneWants() throws IOException {
    RepriseFile foreign = files("store = \"http://evil:1\"", null);
    assertThatThrownBy(() -> StoreChoice.server("http://evil:1", foreign, "rp_secret"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("REPRISE_TOKEN is not sent")
        .hasMessageNotContaining("rp_");
    RepriseFile known = files("store = \"http://a:1\"", "store = \"http://a:1/\"");
    assertThat(StoreChoice.server("http://a:1", known, "rp_t").token()).isEqualTo("rp_t");
  }

  @Test
  void theDatabasesPasswordDoesNotGoWhereAProjectAloneWants() throws IOException {
    String evil = "[serve]\ndatabase = \"jdbc:postgresql://evil:1/x\"";
    String mine = "[serve]\ndatabase = \"jdbc:postgresql://a:1/x\"\npassword = \"secret\"";
    RepriseFile.ServedDatabase foreign = files(evil, mine).servedDatabase();
    assertThat(foreign.password()).isNull();
    assertThatThrownBy(() -> ServeCommand.address(foreign, null, "of-environment"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("REPRISE_DATABASE_PASSWORD is not sent")
        .hasMessageNotContaining("of-environment");
    assertThat(ServeCommand.address(foreign, null, null).password()).isNull();

    RepriseFile.ServedDatabase known =
        files("[serve]\ndatabase = \"jdbc:postgresql://a:1/x\"\nuser = \"u\"", mine)
            .servedDatabase();
    assertThat(ServeCommand.address(known, null, null).password()).isEqualTo("secret");
    assertThat(ServeCommand.address(known, null, "of-environment").password())
        .isEqualTo("of-environment");
    assertThat(ServeCommand.address(known, "v", null).user()).isEqualTo("v");
  }

  @Test
  void mistakesAreNamedWithoutWhatTheLineHolds() {
    assertThatThrownBy(() -> files("[tokens]\n\"http://a\" = rp_secret", null))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("reprise.toml is no TOML, line 2")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> files("stroe = \"x\"", null)).hasMessageContaining("'stroe'");
    assertThatThrownBy(() -> files("store = 3", null).store())
        .hasMessageContaining("store must be a text");
  }

  @Test
  void whatIsNoAddressIsRefused() throws IOException {
    RepriseFile none = files(null, null);
    for (String wrong :
        new String[] {
          "http://u:p@host", "http://host/path", "http://host?x=1", "http://", "http://host:65536"
        }) {
      assertThatThrownBy(() -> StoreChoice.server(wrong, none, "rp_t"))
          .as(wrong)
          .isInstanceOf(UsageException.class);
    }
    assertThatThrownBy(() -> StoreChoice.server("http://host", none, null))
        .hasMessageContaining("needs a token");
    assertThatThrownBy(() -> StoreChoice.server("http://host", none, "a b"))
        .hasMessageContaining("what is given as token")
        .hasMessageNotContaining("a b");
  }
}
