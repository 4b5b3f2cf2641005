package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.CacheConfig;
import dev.reprise.cache.CacheEvents;
import dev.reprise.cache.Claim;
import dev.reprise.cache.Hit;
import dev.reprise.cache.InFlight;
import dev.reprise.cache.LineageCache;
import dev.reprise.cache.Policy;
import dev.reprise.cache.Waiter;
import dev.reprise.lineage.Key;
import dev.reprise.memory.Handle;
import dev.reprise.memory.HandleFailure;
import dev.reprise.memory.HostMemory;
import dev.reprise.memory.ManagedMatrix;
import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.Value;
import dev.reprise.scheduler.CpuPool;
import dev.reprise.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * The smallest engine: memory, cache and pool, driven as the real one drives them, for operations
 * whose results are matrices of 100x100.
 */
final class SmallEngine implements AutoCloseable {
  final HostMemory memory;
  final LineageCache cache;
  final CpuPool pool;
  private final IntConsumer body;
  final AtomicInteger executions = new AtomicInteger();
  private final AtomicInteger pins = new AtomicInteger();

  SmallEngine(int threads, long budget, IntConsumer body) {
    this.memory = new HostMemory(budget);
    this.cache = new LineageCache(new CacheConfig(Policy.COSTNSIZE, budget), CacheEvents.NONE);
    this.pool = new CpuPool("house", threads);
    this.body = body;
    memory.reclaimWith(cache);
  }

  void assertBalanced() {
    pool.close();
    cache.clear();
    assertThat(pins).hasValue(0);
    assertThat(memory.liveBuffers()).isZero();
    assertThat(memory.usedBytes()).isZero();
  }

  @Override
  public void close() {
    pool.close();
    cache.close();
    memory.close();
  }

  /** One control thread, which runs eight tasks ahead, and the values that its program holds. */
  final class Control {
    private final Semaphore room = new Semaphore(8);
    private final List<Value> held = new ArrayList<>();

    Value request(int key, List<Value> inputs) throws InterruptedException {
      room.acquire();
      Handle output = new Handle(key, null);
      inputs.forEach(Value::retain);
      Instruction task = new Instruction(key, inputs.toArray(new Value[0]), output, room);
      Value result =
          switch (cache.probe(new Key(7, key), () -> task)) {
            case Hit hit -> {
              task.end();
              yield hit.value();
            }
            case InFlight inFlight -> {
              inFlight.handle().whenDone(task::end);
              yield inFlight.handle();
            }
            case Claim claim -> {
              task.takeOver(claim);
              yield output;
            }
          };
      held.add(result);
      return result;
    }

    String outcome(Value value) throws InterruptedException {
      if (!(value instanceof Handle handle)) {
        return "value";
      }
      try {
        return handle.await() instanceof ManagedMatrix ? "value" : "something else";
      } catch (HandleFailure e) {
        return e.isCancellation() ? "cancelled" : "failed";
      }
    }

    void release(Value value) {
      held.remove(value);
      value.release();
    }

    void releaseAll() {
      held.forEach(Value::release);
      held.clear();
    }
  }

  /** A task that is also the waiter for its own value. */
  private final class Instruction extends Task implements Waiter {
    private final int key;
    private final Handle output;
    private final Semaphore room;
    private final AtomicInteger ends = new AtomicInteger();
    private volatile Claim claim;

    Instruction(int key, Value[] inputs, Handle output, Semaphore room) {
      super(inputs);
      this.key = key;
      this.output = output;
      this.room = room;
    }

    /** Gives back what the task holds, once. */
    void end() {
      if (ends.getAndIncrement() == 0) {
        for (Value input : inputs()) {
          input.release();
        }
        room.release();
      }
    }

    @Override
    public Handle handle() {
      return output;
    }

    @Override
    public void takeOver(Claim claim) {
      this.claim = claim;
      pool.submit(this);
    }

    @Override
    protected Handle[] outputs() {
      return new Handle[] {output};
    }

    @Override
    protected void run() {
      List<ManagedMatrix> pinned = new ArrayList<>();
      try (Claim owned = claim) {
        pinInputs(pinned);
        compute(owned);
      } finally {
        for (ManagedMatrix each : pinned) {
          each.unpin();
          pins.decrementAndGet();
        }
        end();
      }
    }

    private void pinInputs(List<ManagedMatrix> pinned) {
      for (Value input : inputs()) {
        Value value = input instanceof Handle handle ? handle.valueOrNull() : input;
        ((ManagedMatrix) value).pinHost();
        pins.incrementAndGet();
        pinned.add((ManagedMatrix) value);
      }
    }

    private void compute(Claim owned) {
      try {
        body.accept(key);
        executions.incrementAndGet();
        ManagedMatrix result = ManagedMatrix.adopt(DenseMatrix.allocate(memory, 100, 100));
        owned.complete(result, 1000, true);
        output.complete(result);
      } catch (ArithmeticException e) {
        owned.fail(e);
        output.fail(e);
      }
      // Anything else ends the worker: the claim passes on, the pool fails the output.
    }

    @Override
    protected void inputFailed(Throwable error) {
      claim.fail(error);
      output.fail(error);
      end();
    }

    @Override
    protected void cancelled() {
      claim.abandon();
      output.cancel();
      end();
    }
  }
}
