package dev.reprise.scheduler;

import dev.reprise.memory.ManagedMatrix;
import dev.reprise.memory.RowsView;
import dev.reprise.runtime.DeviceOperand;
import dev.reprise.runtime.Value;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The placement policies. */
public final class Placements {
  private Placements() {}

  /** Everything that an accelerator can do runs there. */
  public static Placement fixed(AcceleratorWorker worker) {
    return (task, inputs, described, work) -> can(worker, task, described) ? worker : null;
  }

  /** Operations go to the processor and the accelerators in turn, passing over who cannot. */
  public static Placement roundRobin(List<AcceleratorWorker> workers) {
    AtomicLong turn = new AtomicLong();
    int places = workers.size() + 1;
    return (task, inputs, described, work) -> {
      for (int tries = 0; tries < places; tries++) {
        int next = (int) (turn.getAndIncrement() % places);
        if (next == workers.size()) {
          return null;
        }
        if (can(workers.get(next), task, described)) {
          return workers.get(next);
        }
      }
      return null;
    };
  }

  /** Wherever the result is estimated to be there first. */
  public static Placement auto(List<AcceleratorWorker> workers, CostModels models) {
    return new Earliest(workers, models);
  }

  private static boolean can(AcceleratorWorker worker, DeviceWork task, DeviceOperand[] described) {
    return worker.lost() == null && task.isPossibleOn(worker.accelerator(), described);
  }

  /**
   * Estimated end: what is queued there, plus copies of inputs that are not there, plus the
   * operation. StarPU calls this policy dmda.
   */
  private static final class Earliest implements Placement {
    private static final String HOST = "cpu";

    /** Bytes per nanosecond between host and device, before anything was measured. */
    private static final double BUS = 6;

    /** Starting a kernel and hearing of its end. */
    private static final double LAUNCH_NANOS = 20_000;

    /**
     * Waiting for a GPU before cells come home. On a virtual machine with an H100 a copy of a few
     * bytes took 75 microseconds.
     */
    private static final double SYNC_NANOS = 50_000;

    /** How much faster than one core a GPU is taken to be, before anything was measured. */
    private static final double GPU_FACTOR = 20;

    /** The same processor under another interface is taken to gain nothing. */
    private static final double PROCESSOR_FACTOR = 0.5;

    private final List<AcceleratorWorker> workers;
    private final CostModels models;

    Earliest(List<AcceleratorWorker> workers, CostModels models) {
      this.workers = workers;
      this.models = models;
    }

    @Override
    public AcceleratorWorker place(
        DeviceWork task, Value[] inputs, DeviceOperand[] described, double work) {
      double best = onHost(task, inputs, work);
      AcceleratorWorker chosen = null;
      for (AcceleratorWorker worker : workers) {
        if (LAUNCH_NANOS < best && can(worker, task, described)) {
          double end = on(worker, task, inputs, work);
          if (end < best) {
            best = end;
            chosen = worker;
          }
        }
      }
      return chosen;
    }

    private double onHost(DeviceWork task, Value[] inputs, double work) {
      double known = models.nanos(HOST, task.costClass(), work);
      double copies = 0;
      double awaited = 0;
      for (Value input : inputs) {
        ManagedMatrix matrix = sourceOf(input);
        if (matrix != null && !matrix.isOnHost()) {
          copies += matrix.bytes() / BUS;
          awaited = Math.max(awaited, untilComplete(matrix));
        }
      }
      return awaited + copies + (Double.isNaN(known) ? work : known);
    }

    /** The matrix whose cells an operation reads, which of a view may be another; null for none. */
    private static ManagedMatrix sourceOf(Value input) {
      return switch (input) {
        case ManagedMatrix matrix -> matrix;
        case RowsView view -> view.source();
        default -> null;
      };
    }

    /**
     * Until a matrix that lies on accelerators can be copied from there; and since what is made of
     * it will most likely meet others there, as much for the way back.
     */
    private double untilComplete(ManagedMatrix matrix) {
      double least = Double.POSITIVE_INFINITY;
      for (AcceleratorWorker worker : workers) {
        if (matrix.isOnDevice(worker.memory())) {
          double sync = worker.accelerator().info().isProcessor() ? 0 : 2 * SYNC_NANOS;
          least = Math.min(least, worker.backlogNanos() + sync);
        }
      }
      return Double.isInfinite(least) ? 0 : least;
    }

    private double on(AcceleratorWorker worker, DeviceWork task, Value[] inputs, double work) {
      double factor = worker.accelerator().info().isProcessor() ? PROCESSOR_FACTOR : GPU_FACTOR;
      double known = models.nanos(worker.name(), task.costClass(), work);
      double copies = 0;
      for (Value input : inputs) {
        if (input instanceof ManagedMatrix matrix) {
          copies += worker.memory().copyTimes().nanosUntilHere(matrix);
        } else if (input instanceof RowsView view) {
          copies += worker.memory().copyTimes().nanosUntilHere(view);
        }
      }
      return worker.backlogNanos()
          + copies
          + LAUNCH_NANOS
          + (Double.isNaN(known) ? work / factor : known);
    }

    @Override
    public void ranOnHost(DeviceWork task, double work, long nanos) {
      models.observe(HOST, task.costClass(), work, nanos);
    }

    @Override
    public void ranOn(AcceleratorWorker worker, DeviceWork task, double work, long nanos) {
      models.observe(worker.name(), task.costClass(), work, nanos);
    }
  }
}
