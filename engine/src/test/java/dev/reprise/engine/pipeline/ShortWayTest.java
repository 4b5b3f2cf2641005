package dev.reprise.engine.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.Trap;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.FrameLayout;
import dev.reprise.engine.control.LineageBudget;
import dev.reprise.engine.control.Run;
import dev.reprise.engine.control.RunChecks;
import dev.reprise.engine.operation.LinkedOperation;
import dev.reprise.engine.operation.OperationLinker;
import dev.reprise.engine.recall.RunJournal;
import dev.reprise.engine.replay.Sources;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.seed.ThreadSeeds;
import dev.reprise.engine.thread.OpenRuns;
import dev.reprise.engine.worth.Keeping;
import dev.reprise.language.Position;
import dev.reprise.language.program.Procedure;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.ShortageException;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.Value;
import dev.reprise.runtime.operation.Operation;
import dev.reprise.runtime.operation.OperationTable;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which operations over few cells are computed without the pipeline, and when none is. */
class ShortWayTest {
  private static final PrintStream SINK = new PrintStream(OutputStream.nullOutputStream());
  private static final Position HERE = new Position("test", 1, 1);
  private static final long BUDGET = 8 << 20;

  /** Without a disk, on which an operation that is short of memory would find room. */
  private static final SessionConfig CONFIG =
      SessionConfig.defaults()
          .withThreads(2)
          .withSeed(1)
          .withHostBytes(BUDGET)
          .withDiskBytes(0)
          .withOutput(SINK, SINK);

  /** A pipeline, and a thread that computes sums with it. */
  private static final class Sums implements AutoCloseable {
    private final Resources resources;
    private final OpenRuns.Entry open;
    private final ControlContext context;
    private final Pipeline pipeline;
    private final LinkedOperation plus;
    private final Activation activation;

    Sums(SessionConfig config) {
      resources = new Resources(config, CacheEvents.NONE, List::of, null);
      open = resources.runs().begin("Script.run");
      LineageBudget lineage = new LineageBudget(1 << 20, 1, SINK);
      RunJournal journal = new RunJournal(false, false);
      context =
          new Run(resources, lineage, open, _ -> null, journal)
              .mainContext(ThreadSeeds.of(1), new StringBuilder());
      RunChecks checks = RunChecks.of(config, resources.kernels());
      Execution execution =
          new Execution(new Sources(resources, null, null), null, checks.verifier());
      pipeline = new Pipeline(resources, execution, Keeping.whatPays(), checks);
      plus =
          new OperationLinker(
                  resources.opcodes(),
                  config.precision(),
                  config.products(),
                  resources::expect,
                  resources.trap())
              .link(new Operation(OperationTable.standard().get("+")), HERE);
      Procedure nothing =
          new Procedure("main", List.of(), List.of(), List.of(), List.of(), List.of(), HERE);
      activation = new Activation(new FrameLayout(nothing), null, null, false);
    }

    HostMemory memory() {
      return resources.memory();
    }

    ManagedMatrix ones(long rows) {
      DenseMatrix cells = DenseMatrix.allocate(memory(), rows, 1);
      for (long i = 0; i < rows; i++) {
        cells.set(i, 0, 1);
      }
      return ManagedMatrix.adopt(cells);
    }

    boolean areTaken() {
      return pipeline.takesFew(plus);
    }

    /** The sum as the short way has it, or null. */
    Value shortly(Value... operands) {
      return pipeline.computeFewOrNull(context, activation, plus, operands, null);
    }

    /** Sums that were computed, in either way. */
    long computed() {
      return context.counters.executed[plus.index()];
    }

    /** The first cells of a sum, whose reference is given up. */
    double firstCell(Value sum) {
      ManagedMatrix matrix = (ManagedMatrix) sum;
      double first = ((DenseMatrix) matrix.pinHost()).get(0, 0);
      matrix.unpin();
      matrix.release();
      return first;
    }

    /** So many columns that there is no room for another. */
    List<ManagedMatrix> fill(long rows) {
      List<ManagedMatrix> all = new ArrayList<>();
      try {
        while (true) {
          all.add(ones(rows));
        }
      } catch (ShortageException e) {
        return all;
      }
    }

    /** What is found while this thread is short of memory, and has its turn. */
    <T> T whileShort(Supplier<T> look) {
      ManagedMatrix held = ones(BUDGET / 16);
      boolean[] wasShort = {false};
      try {
        return memory()
            .run(() -> {
              if (!wasShort[0]) {
                wasShort[0] = true;
                // Does not fit beside the other: ends the first attempt.
                memory().allocate(BUDGET * 3 / 4).release();
              }
              return look.get();
            });
      } finally {
        held.release();
      }
    }

    @Override
    public void close() {
      open.close();
      resources.close();
      assertThat(resources.liveBuffersAtClose()).isZero();
    }
  }

  @Test
  void aSumOfFewCellsIsComputedAndCounted() {
    try (Sums sums = new Sums(CONFIG)) {
      ManagedMatrix ones = sums.ones(10);
      assertThat(sums.areTaken()).isTrue();
      assertThat(sums.firstCell(sums.shortly(ones, Scalar.of(2)))).isEqualTo(3);
      assertThat(sums.firstCell(sums.shortly(ones, ones))).isEqualTo(2);
      assertThat(sums.computed()).isEqualTo(2);
      assertThat(ones.isExclusive()).isTrue();
      ones.release();
    }
  }

  @Test
  void whatIsMoreThanAFewCellsIsLeftToThePipelineAndNotCounted() {
    try (Sums sums = new Sums(CONFIG)) {
      ManagedMatrix many = sums.ones(1_024);
      assertThat(sums.shortly(many, Scalar.of(2))).isNull();
      assertThat(sums.computed()).isZero();
      assertThat(many.isExclusive()).isTrue();
      many.release();
    }
  }

  @Test
  void whileMemoryIsShortASumIsLeftToThePipelineAndNotCounted() {
    try (Sums sums = new Sums(CONFIG)) {
      ManagedMatrix ones = sums.ones(10);
      boolean isLeft =
          sums.whileShort(() -> {
            assertThat(sums.memory().isShort()).isTrue();
            return sums.shortly(ones, ones) == null;
          });
      assertThat(isLeft).isTrue();
      assertThat(sums.computed()).isZero();
      assertThat(sums.memory().retries()).isEqualTo(1);
      assertThat(ones.isExclusive()).isTrue();
      // And taken again when it is not.
      assertThat(sums.firstCell(sums.shortly(ones, ones))).isEqualTo(2);
      assertThat(sums.computed()).isEqualTo(1);
      ones.release();
    }
  }

  @Test
  void aSumWithoutRoomForItsCellsIsLeftToThePipelineWithNothingPinned() {
    try (Sums sums = new Sums(CONFIG)) {
      ManagedMatrix ones = sums.ones(1_000);
      List<ManagedMatrix> others = sums.fill(1_000);
      assertThat(sums.memory().isShort()).isFalse();
      assertThat(sums.shortly(ones, ones)).isNull();
      assertThat(ones.isExclusive()).isTrue();
      others.forEach(ManagedMatrix::release);
      assertThat(sums.firstCell(sums.shortly(ones, ones))).isEqualTo(2);
      ones.release();
    }
  }

  private static List<SessionConfig> looking() {
    return List.of(
        CONFIG.withTraps(Set.of(Trap.NAN)),
        CONFIG.withReuse(ReuseMode.HYBRID).withVerifyReuse(1),
        CONFIG.withEstimate(true));
  }

  /** Each operation is to be seen by a trap, a verifier or an estimate. */
  @ParameterizedTest
  @MethodSource("looking")
  void whereOperationsAreLookedAtNoneIsTaken(SessionConfig config) {
    try (Sums sums = new Sums(config)) {
      assertThat(sums.areTaken()).isFalse();
    }
  }
}
