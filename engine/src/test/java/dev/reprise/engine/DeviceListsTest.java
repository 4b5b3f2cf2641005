package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.language.CompileException;
import dev.reprise.testkit.FakeAccelerator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists whose elements an accelerator is still computing: nobody waits who only moves them. */
@Timeout(1200)
class DeviceListsTest {
  /** All numbers are whole, so every order of sums gives the same. */
  private static final String WAYS =
      """
      halves = function(List[Unknown] pair) return (List[Unknown] swapped, Matrix[Double] both) {
        swapped = list(second=as.matrix(pair[2]) %*% as.matrix(pair[1]), first=pair[1])
        both = cbind(pair) + 1
      }
      total = function(Matrix[Double] M) return (Double s) { s = sum(M) }
      X = matrix(seq(1, 400) %% 7, 20, 20)
      weights = list(a=X, b=X * 2)
      kept = list()
      for (i in 1:6) {
        Y = X %*% as.matrix(weights["a"]) %% 5
        weights["a"] = Y
        weights["b"] = as.matrix(weights["b"]) %*% Y %% 3
        kept = append(kept, Y + i)
        [swapped, both] = halves(list(Y, as.matrix(weights["b"])))
        nested = list(weights, list(both, i), name=swapped)
        inner = as.list(nested[2])
        one = list(X %*% Y)
        one[1, 2] = 7
        cell = list(Y)
        cell[2, ] = t(rowSums(X %*% t(Y)))
        print(sum(one) + " " + sum(cell))
        kept = append(kept, as.matrix(inner[1]) %*% t(as.matrix(inner[1])))
        if (i %% 2 == 0) {
          [kept, gone] = remove(kept, 1)
          print(sum(as.matrix(gone)) + " of " + nrow(gone) + " x " + ncol(gone))
        }
        X = X + as.scalar(Y[2, 3])
      }
      print(length(kept) + " " + length(nested) + " " + sum(cbind(kept[1], kept[2])))
      S = matrix(0, length(kept), 1)
      parfor (k in 1:length(kept)) S[k, 1] = sum(as.matrix(kept[k]))
      print(toString(t(S)))
      print(toString(list(S, 2, list(X %*% X))))
      print(as.scalar(eval("total", kept[3])) + " " + sum(as.matrix(weights[1])))
      """;

  @RegisterExtension private final FakeDevices devices = new FakeDevices();

  private static SessionConfig config(String placement, long bytes, ReuseMode reuse) {
    DeviceConfig placed =
        new DeviceConfig(
            placement,
            placement.equals("fake:0") ? List.of() : List.of("fake:0", "fake:1"),
            Map.of("fake:0", bytes, "fake:1", bytes));
    return FakeDevices.config(placed, reuse);
  }

  private String run(SessionConfig config) {
    return FakeDevices.run(config, WAYS, devices.device("fake:0"), devices.device("fake:1"))
        .output();
  }

  @ParameterizedTest
  @EnumSource(ReuseMode.class)
  void allThatIsDoneWithListsGivesTheSame(ReuseMode reuse) {
    String expected = FakeDevices.expected(WAYS);
    for (String placement : List.of("fake:0", "round-robin", "auto")) {
      for (long bytes : new long[] {24 << 10, 64 << 20}) {
        SessionConfig config = config(placement, bytes, reuse);
        assertThat(run(config)).as("%s, %d bytes", placement, bytes).isEqualTo(expected);
      }
    }
  }

  /** As are variables whose value fails, which are computed after the program has gone on. */
  @Test
  void aListOfWhatFailedWithItsInputIsForgotten() throws CompileException {
    FakeDevices.run(
        FakeDevices.config(DeviceConfig.of("fake:0"), ReuseMode.NONE),
        CacheEvents.NONE,
        services -> {
          try (Conversation conversation = new Conversation(services)) {
            conversation.compile("1", "X = matrix(seq(1, 400), 20, 20); L = list(X, 2)").run();
            // The matrix is singular, which is found out when it is factorised.
            Conversation.Input failing =
                conversation.compile("2", "M = list(solve(X * 0, X)); N = append(M, X); K = L");
            assertThatThrownBy(failing::run).hasMessageContaining("singular");
            assertThat(conversation.variables().keySet()).contains("X", "L");
            assertThat(conversation.variables())
                .allSatisfy((_, variable) -> assertThat(variable.value().isPending()).isFalse());
          }
          return FakeDevices.compile(services, "print(1)").run(Map::of);
        },
        devices.device("fake:0"));
  }

  /** The second time, an input of the call is on its way until the program is past the call. */
  @Test
  void aCallWhoseListHoldsAnInputThatIsOnItsWayIsFound() {
    String script =
        """
        f = function(Matrix[Double] A, Matrix[Double] B) return (List[Unknown] L) {
          C = A %*% A %*% t(A)
          L = list(C, B)
        }
        A = rand(rows=200, cols=200, seed=1)
        S = matrix(seq(1, 16), 4, 4)
        for (i in 1:2) {
          B = t(S)
          L = f(A, B)
          D = as.matrix(L[1]) %*% (A + i)
          print(sum(D) + " " + sum(as.matrix(L[2])))
        }
        """;
    String expected = FakeDevices.expected(script);
    SessionConfig config = FakeDevices.config(DeviceConfig.of("fake:0"), ReuseMode.HYBRID);
    TakenClaims before = new TakenClaims();
    FakeAccelerator first = devices.device("fake:0");
    FakeDevices.run(config, before, script.replace("1:2", "1:1"), first);
    TakenClaims claims = new TakenClaims();
    AtomicBoolean wentOn = new AtomicBoolean();
    FakeAccelerator held = devices.device("fake:0");
    held.beforeLaunch(() -> {
      if (held.launches() == first.launches()) {
        wentOn.set(claims.come(before.count() + 1));
      }
    });
    FakeDevices.Outcome outcome = FakeDevices.run(config, claims, script, held);
    assertThat(outcome.output()).isEqualTo(expected);
    assertThat(wentOn).as("the program was past the call while its input was held up").isTrue();
    assertThat(outcome.statistics().functions().hits()).isEqualTo(1);
  }

  @Test
  void theProgramGoesOnWhileElementsAreComputed() {
    String product =
        """
        X = rand(rows=60, cols=60, seed=1)
        p = list(X, w=X)
        Y = X %*% X
        """;
    String script =
        product
            + """
            p[1] = Y
            p["w"] = Y
            p = append(p, Y)
            q = list(as.matrix(p[1]), p)
            Z = as.matrix(q[1]) %*% t(X)
            print(sum(Z) + " " + sum(as.matrix(p["w"])) + " " + nrow(p[3]))
            """;
    TakenClaims before = new TakenClaims();
    FakeAccelerator fake = devices.device("fake:0");
    SessionConfig config = FakeDevices.config(DeviceConfig.of("fake:0"), ReuseMode.FULL);
    FakeDevices.run(config, before, product, fake);
    int held = fake.log().indexOf("matmul");
    TakenClaims claims = new TakenClaims();
    AtomicBoolean wentOn = new AtomicBoolean();
    FakeAccelerator slow = devices.device("fake:0");
    slow.beforeLaunch(() -> {
      if (slow.launches() == held) {
        wentOn.set(claims.come(before.count() + 1));
      }
    });
    assertThat(FakeDevices.run(config, claims, script, slow).output())
        .isEqualTo(FakeDevices.expected(script));
    assertThat(wentOn).as("the second product began while the first was held up").isTrue();
  }
}
