package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.language.CompileException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Progress is told to whoever listens, and changes nothing. */
class ProgressTest {
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  private SessionConfig config() {
    return Scripts.config()
        .withProgress((done, total, text) -> heard.add(done + "/" + total + " " + text));
  }

  private static final String TRAIN =
      """
      train = function(Matrix[Double] X, Integer epochs) return (Double loss) {
        loss = 0
        for (e in 1:epochs) {
          loss = loss + sum(t(X) %*% X) / e
          progress(e, epochs, "loss " + loss)
        }
      }
      X = matrix(1, 100, 100)
      """;

  @Test
  void theListenerHearsWhatTheScriptSays() {
    Scripts.run(config(), "for (i in 1:2) progress(i, 2, \"loss \" + 1 / i)\nprogress(1.5, 3)");
    assertThat(heard).containsExactly("1.0/2.0 loss 1.0", "2.0/2.0 loss 0.5", "1.5/3.0 ");
  }

  @Test
  void aCallThatTellsItsProgressIsFoundAsAWhole() {
    String twice = TRAIN + "print(train(X, 2) + train(X, 2))";
    String printed = Scripts.run(config(), twice).output();
    assertThat(heard).hasSize(2);
    heard.clear();
    assertThat(Scripts.run(config().withReuse(ReuseMode.NONE), twice).output()).isEqualTo(printed);
    assertThat(heard).hasSize(4);
    assertThat(Scripts.run(Scripts.config(), twice).output()).isEqualTo(printed);
  }

  @Test
  void aParforTellsHowManyIterationsAreDoneAndNotWhatEachOfThemSays() {
    String script =
        TRAIN
            + """
            R = matrix(0, 6, 1)
            parfor (i in 1:6, par=3) {
              parfor (j in 1:2, par=2) { progress(j, 2) }
              R[i, 1] = train(X * i, 2)
            }
            print(sum(R))
            """;
    Scripts.run(config(), script);
    assertThat(heard).hasSize(6).allMatch(line -> line.endsWith("/6.0 parfor"));
    assertThat(heard).contains("1.0/6.0 parfor", "6.0/6.0 parfor");
  }

  @Test
  void aScriptThatTellsItsOwnProgressIsNotInterruptedByItsLoops() {
    Scripts.run(
        config(),
        """
        R = matrix(0, 2, 1)
        for (e in 1:2) {
          progress(e, 2)
          parfor (i in 1:2) { R[i, 1] = e }
        }
        """);
    assertThat(heard).containsExactly("1.0/2.0 ", "2.0/2.0 ");
  }

  @Test
  void mistakesSayWhatIsMeant() {
    assertThat(Scripts.failure(config(), "progress(\"a\", 2)"))
        .hasMessageContaining("write progress(epoch, epochs, \"loss \" + loss)");
  }

  @Test
  void whatIsNoAmountIsRefusedWhetherOrNotSomebodyListens() {
    for (SessionConfig config : List.of(config(), Scripts.config())) {
      assertThat(Scripts.failure(config, "progress(NaN, 10)"))
          .hasMessageContaining("'progress' needs finite numbers of at least 0, but got NaN of 10");
      assertThat(Scripts.failure(config, "progress(3, 1 / 0)"))
          .hasMessageContaining("numbers of at least 0, but got 3 of Infinity");
      assertThat(Scripts.failure(config, "progress(-1, 10)"))
          .hasMessageContaining("numbers of at least 0, but got -1 of 10");
      assertThat(Scripts.failure(config, "progress(1, -10)"))
          .hasMessageContaining("numbers of at least 0, but got 1 of -10");
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void whatTheListenerThrowsIsNoBugOfOurs() throws CompileException {
    RuntimeException own = new IllegalArgumentException("own");
    SessionConfig config =
        Scripts.config()
            .withProgress((done, total, text) -> {
              throw own;
            });
    try (Session session = Reprise.session(config)) {
      for (String text :
          new String[] {
            "progress(1, 2)",
            "R = matrix(0, 4, 1); parfor (i in 1:4) { R[i, 1] = i }; print(sum(R))"
          }) {
        Script script = session.compile(text, CompileOptions.none());
        assertThatThrownBy(script::run)
            .isInstanceOfSatisfying(
                ScriptException.class,
                e -> {
                  assertThat(e.kind()).isEqualTo(ScriptException.Kind.SCRIPT);
                  assertThat(e.detail())
                      .startsWith("the session's progress listener failed: ")
                      .contains("own");
                  assertThat(e).hasCause(own);
                });
      }
    }
  }

  @Test
  void whatTheOutputThrowsIsNoBugOfOursEither() throws CompileException {
    RuntimeException own = new IllegalArgumentException("own");
    PrintStream failing =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8) {
          @Override
          public PrintStream append(CharSequence text) {
            throw own;
          }
        };
    try (Session session = Reprise.session(Scripts.config().withOutput(failing, System.err))) {
      for (String text : new String[] {"x = 1\nprint(x)", "parfor (i in 1:4) {\nprint(i) }"}) {
        assertThatThrownBy(session.compile(text, CompileOptions.none())::run)
            .isInstanceOfSatisfying(
                ScriptException.class,
                e -> {
                  assertThat(e.kind()).isEqualTo(ScriptException.Kind.SCRIPT);
                  assertThat(e.detail())
                      .startsWith("the session's output failed: ")
                      .contains("own");
                  assertThat(e).hasCause(own);
                });
      }
    }
  }

  @Test
  void aListenerMayCancelTheRun() throws CompileException {
    SessionConfig config =
        Scripts.config()
            .withProgress((done, total, text) -> {
              throw new CancellationException("enough");
            });
    try (Session session = Reprise.session(config)) {
      Script script = session.compile("progress(1, 2)", CompileOptions.none());
      assertThatThrownBy(script::run).isInstanceOf(CancellationException.class);
    }
  }

  /** Also the loop, and what comes after it, whichever worker the listener is called by. */
  @Test
  void aListenerMayCancelTheRunWhenAnIterationOfAParforHasEnded() throws CompileException {
    CancellationException own = new CancellationException("enough");
    for (int workers = 1; workers <= 3; workers++) {
      for (int iteration : new int[] {1, 3, 6}) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream printed = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        SessionConfig config =
            Scripts.config()
                .withOutput(printed, printed)
                .withProgress((done, total, text) -> {
                  if (done >= iteration) {
                    throw own;
                  }
                });
        String script =
            """
            R = matrix(0, 6, 1)
            parfor (i in 1:6, par=WORKERS) { R[i, 1] = sum(matrix(i, 100, 100)) }
            print(sum(R))
            """;
        try (Session session = Reprise.session(config)) {
          Script cancelled =
              session.compile(
                  script.replace("WORKERS", Integer.toString(workers)), CompileOptions.none());
          assertThatThrownBy(cancelled::run).isSameAs(own);
        }
        assertThat(bytes.toByteArray()).isEmpty();
      }
    }
  }
}
