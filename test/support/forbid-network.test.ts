import { createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';

describe('forbidNetwork', () => {
  it('keeps fetch and plain sockets on this machine', async () => {
    const fetched: unknown = await fetch('http://192.0.2.1/').catch((error: unknown) => error);
    const socket = connect({ host: 'lms.example', port: 443 });
    const [refused] = (await once(socket, 'error')) as [Error];

    expect(fetched).to.have.nested.property('cause.message', 'a test tried to reach 192.0.2.1');
    expect(refused.message).to.equal('a test tried to reach lms.example');
  });

  it('keeps names inside that a lookup of ours leads outside', async () => {
    const socket = connect({
      host: 'lms.example',
      port: 443,
      lookup: (_name, _options, callback) => callback(null, [{ address: '192.0.2.1', family: 4 }]),
    });
    const [refused] = (await once(socket, 'error')) as [Error];

    expect(refused.message).to.equal('a test tried to reach lms.example at 192.0.2.1');
  });

  it('lets loopback through, by address and by a name that leads there', async () => {
    const server = createServer((_request, response) => response.end('here')).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    const answer = await fetch(`http://127.0.0.1:${String(port)}/`);
    const socket = connect({
      host: 'lms.example',
      port,
      lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    await once(socket, 'connect');

    expect(await answer.text()).to.equal('here');
    socket.destroy();
    server.close();
  });
});
