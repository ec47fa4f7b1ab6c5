// The tool says that it is done with registering by a message from its frame (LTI Dynamic Registration 1.0): on to the list.
const frame = document.querySelector('iframe.tool');
window.addEventListener('message', ({ data, source }) => {
  if (source === frame.contentWindow && Object(data).subject === 'org.imsglobal.lti.close')
    window.location.assign('/tools');
});
